/** Of the build: the widget as a package of its own in dist/npm, with nothing to install beside it, ready for `npm publish`. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Plugin } from 'vite';

const entry = 'src/widget/mount.ts';
const readme = `# The Tabmesh widget

Answers from the pages of a site, in the site. Types and options are in mount.d.ts and options.d.ts.

\`\`\`js
import { mount } from 'tabmesh/widget';
const chat = mount({ home: 'https://tabmesh.example/', site: 'https://docs.example/' });
\`\`\`

\`home\` is where Tabmesh of this version is served.
`;

/** What of the package's sources a consumer's compiler reads: declarations by the name of their file. */
async function declarations(root: string): Promise<Map<string, string>> {
  const { default: ts } = await import('typescript');
  const made = new Map<string, string>();
  const options = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.esnext.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
    strict: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    declaration: true,
    emitDeclarationOnly: true,
  };
  const program = ts.createProgram([`${root}/${entry}`], options);
  program.emit(undefined, (path, text) =>
    made.set(basename(path), text.replaceAll(/(from '\.\/[\w-]+)\.ts'/g, "$1.js'")),
  );
  const reached = new Map<string, string>();
  const visit = (name: string) => {
    const text = made.get(name);
    if (text === undefined) throw new Error(`The compiler declared nothing for ${name}.`);
    if (reached.has(name)) return;
    reached.set(name, text);
    for (const [, next] of text.matchAll(/from '\.\/([\w-]+)\.js'/g)) visit(`${next}.d.ts`);
  };
  visit('mount.d.ts');
  return reached;
}

/** `make` answers the module's code. */
export function widgetPackage(make: (entry: string) => Promise<string>): Plugin {
  let root = '';
  return {
    name: 'widget-package',
    apply: 'build',
    configResolved(config) {
      root = config.root;
    },
    async generateBundle() {
      const [code, types, { name, version, license }] = await Promise.all([
        make(entry),
        declarations(root),
        readFile(`${root}/package.json`, 'utf8').then(JSON.parse),
      ]);
      const manifest = {
        ...{ name, version, license, type: 'module', sideEffects: false },
        description: 'Answers from the pages of a site, in the site: the widget of Tabmesh.',
        exports: { './widget': { types: './mount.d.ts', default: './widget.js' } },
        files: ['widget.js', ...types.keys()],
      };
      const files = new Map([
        ...types,
        ['widget.js', code],
        ['package.json', `${JSON.stringify(manifest, undefined, 2)}\n`],
        ['README.md', readme],
        ['LICENSE', await readFile(`${root}/LICENSE`, 'utf8')],
      ]);
      for (const [file, source] of files) this.emitFile({ type: 'asset', fileName: `npm/${file}`, source });
    },
  };
}
