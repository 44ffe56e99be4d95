// The one rule of direction: a room imports only from rooms above it in this list (see ARCHITECTURE.md).
const rooms = [
  'base',
  'store',
  'model',
  'engine',
  'network',
  'ledger',
  'proof',
  'pod',
  'search',
  'router',
  'training',
  'research',
  'api',
  'peer',
];
const doors = ['app', 'widget', 'node'];

const below = rooms.map((room, index) => ({
  name: `${room}-imports-only-upwards`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: `^(workers|src/(${[...rooms.slice(index + 1), ...doors].join('|')}))/` },
}));

/** One look, one way to show and copy what a model wrote, and one to keep the focus, in the app and in the widget's frame. */
const shared = {
  widget: '^src/app/(theme\\.css|base\\.css|controls\\.css|(copy-text|lost-focus)\\.ts|markdown/)',
};

const doorRules = doors.map(door => ({
  name: `${door}-stands-alone`,
  severity: 'error',
  from: { path: `^src/${door}/` },
  to: { path: `^src/(${doors.filter(other => other !== door).join('|')})/`, pathNot: shared[door] },
}));

module.exports = {
  forbidden: [
    ...below,
    ...doorRules,
    {
      name: 'app-talks-to-a-peer',
      comment: 'The app never imports engine or network; it talks to a Peer. Types are free.',
      severity: 'error',
      from: { path: '^src/(app|widget)/' },
      to: { path: '^src/(engine|network|pod|store)/', dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'browser-rooms-are-free-of-node',
      severity: 'error',
      from: {
        path: `^(workers|src/(${[...rooms, 'app', 'widget'].join('|')}))/`,
        pathNot: '^(src/store/files-store|workers/[a-z-]+-node)\\.ts$',
      },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '\\.test\\.ts$' },
  },
};
