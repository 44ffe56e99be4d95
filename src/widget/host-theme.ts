import { colourNames, type Theme } from './messages.ts';

/** As the host shows itself now. */
export function hostTheme(element: HTMLElement, wanted: string): Theme {
  const style = getComputedStyle(element);
  const colours: Record<string, string> = {};
  for (const name of colourNames) {
    const value = style.getPropertyValue(`--tabmesh-${name}`).trim();
    if (value) colours[name] = value;
  }
  return { dark: isDark(wanted), colours };
}

/** What the operator set, then what the page says of itself, then what its visitor prefers. */
function isDark(wanted: string): boolean {
  const page = document.documentElement;
  const scheme = getComputedStyle(page).colorScheme;
  const said = [wanted, page.dataset['theme'], page.className, scheme];
  for (const each of said) {
    const dark = /\bdark\b/.test(each ?? '');
    if (dark !== /\blight\b/.test(each ?? '')) return dark;
  }
  return preference().matches;
}

const preference = () => matchMedia('(prefers-color-scheme: dark)');

/** Until the returned function is called. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme', 'class', 'style'] });
  const visitor = preference();
  visitor.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    visitor.removeEventListener('change', changed);
  };
}
