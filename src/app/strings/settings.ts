export const settings = {
  title: 'Settings',
  theme: 'Appearance',
  themes: { system: 'As the device', light: 'Light', dark: 'Dark' },
  contrast: 'Contrast',
  contrasts: { system: 'As the device', more: 'More' },
  kept: 'What is kept here',
  keptText: (storage: string) =>
    `The key of this peer and the layers that it fetched are kept in: ${storage}. Chats, too; nobody else gets them.`,
  place: (site: string) =>
    `That is this browser’s own storage for ${site}: other sites and other browsers do not see it, and it goes with the data of this site when you clear it.`,
  hostFolder: 'The process that serves this page keeps what is its own in the folder',
  offline: {
    preparing: 'Being kept here, so that it opens without a network: this page and the guide.',
    ready: 'This page opens and the guide answers without a network too.',
    refused:
      'This page needs a network to open: not all of it could be kept here. Reload it to try once more; a private window, blocked site data or a full disk are the usual reasons.',
  },
  install: {
    title: 'Install',
    lead: 'As an app Tabmesh has a window and an icon of its own, and opens without a network. Browsers keep what an installed app stores more faithfully.',
    install: 'Install Tabmesh',
    byShare:
      'In Safari tap Share, then Add to Home Screen. Safari deletes what a page keeps after 7 days without a visit; an app on the Home Screen counts its days by itself.',
  },
  waiting: 'These settings appear when your peer has started.',
  add: 'Add',
  remove: (what: string) => `Remove ${what}`.trim(),

  keys: {
    title: 'Keys of providers',
    lead: 'With a key of yours this tab can ask a provider for its models. The provider then reads the whole conversation; one is asked only where you choose its model. A key is sealed in this browser and goes to its provider alone.',
    none: 'No key is kept here.',
    list: 'Kept keys',
    provider: 'Provider',
    own: 'A server of your own',
    name: 'Its name',
    nameHint: 'Small letters, digits and hyphens; the names of its models begin with it.',
    address: 'Its address',
    key: 'Key',
    add: 'Keep this key',
    keyPage: (provider: string) => `Where ${provider} gives keys`,
    signIn: (provider: string) => `Sign in with ${provider}`,
    signInHint: 'You leave this page and come back with a key.',
    test: 'Test',
    testing: 'Asking the provider',
    works: (provider: string) => `${provider} takes the key.`,
    kept: (provider: string) => `The key for ${provider} is kept.`,
    removed: (provider: string) => `The key for ${provider} is gone from this browser.`,
  },

  relays: {
    title: 'Relays',
    lead: 'Through them others find this tab, beside the one that served this page. They hold at once.',
    none: 'None is named.',
    list: 'Named relays',
    address: 'Address of a relay',
    hint: '/dns4/HOST/tcp/443/tls/ws/p2p/PEER-ID',
  },

  ice: {
    title: 'ICE servers',
    lead: 'STUN servers tell a tab its address outside its router; TURN servers carry what no direct way is found for. They hold from the next connection on.',
    usual: 'The usual ones: a public STUN server, and none on the machine that serves this page.',
    own: 'Only these:',
    none: 'None. Tabs then meet directly on one network only.',
    list: 'Named ICE servers',
    url: 'Address',
    hint: 'stun:HOST:PORT or turn:HOST:PORT',
    username: 'User name, for TURN',
    credential: 'Password, for TURN',
    withPassword: 'with a password',
  },

  reset: {
    title: 'Take away',
    lead: 'It is gone from this browser for good. What you lent to others goes on until you take everything away.',
    what: {
      keys: 'Keys of providers',
      chats: 'Chats',
      models: 'Stored models',
      everything: 'Everything',
    },
    means: {
      keys: 'The keys are removed here; they stay valid at the providers.',
      chats: 'All chats are deleted. Export them first if you want them back.',
      models: 'What was fetched of models is deleted, and fetched again when it is needed.',
      everything:
        'Keys, chats, models, settings and the identity of this peer are deleted. You leave your pod, and the page starts as on the first day. Close the other tabs of this page first.',
    },
    now: (what: string) => `Take away now: ${what}`,
    done: (what: string) => `Taken away: ${what}.`,
  },
};
