/** Pages live in the fragment (`#/pod`), so that the app is one file on any static host. `#join=...` is an invite, whole or not. */
export const pages = ['chat', 'models', 'pod', 'network', 'contribute', 'settings'] as const;
export type Page = (typeof pages)[number];

export type Place = { readonly page: Page } | { readonly page: 'join'; readonly link: string };

function read(href: string): Place {
  const hash = new URL(href).hash;
  // What programs for messages made of one, too: whoever comes by it is told, instead of finding a chat.
  if (/^#\/?join\b/i.test(hash)) return { page: 'join', link: href };
  const name = hash.replace(/^#\/?/, '');
  return { page: pages.find(page => page === name) ?? 'chat' };
}

/** A sign-in page sends the person back with a code in the address: it is taken out at once, and Settings opens. */
function takeReturned(): string | undefined {
  const url = new URL(location.href);
  if (!url.searchParams.has('sign-in')) return undefined;
  for (const name of ['sign-in', 'code']) url.searchParams.delete(name);
  url.hash = '#/settings';
  const returned = location.href;
  history.replaceState(null, '', url);
  return returned;
}

/** Its secret must not stay in the address, and the Pod page shows what it promises. */
function takeOffer(): string | undefined {
  if (!location.hash.startsWith('#federate=')) return undefined;
  const offer = location.href;
  history.replaceState(null, '', '#/pod');
  return offer;
}

class Route {
  /** The link of another pod's offer, until it is taken up or put away. */
  offer = $state(takeOffer());
  /** How many such links were opened in this page. */
  offersCame = $state(this.offer === undefined ? 0 : 1);
  /** Where a sign-in page sent the person back to, until it is used. */
  returned = takeReturned();
  place = $state.raw<Place>(read(location.href));

  constructor() {
    addEventListener('hashchange', () => {
      const offer = takeOffer();
      if (offer !== undefined) {
        this.offer = offer;
        this.offersCame += 1;
      }
      this.place = read(location.href);
    });
  }

  /** `replace` takes the present address out of the history: an invite's secret does not stay there. */
  go(page: Page, replace = false): void {
    history[replace ? 'replaceState' : 'pushState'](null, '', `#/${page}`);
    this.place = { page };
  }
}

export const route = new Route();
