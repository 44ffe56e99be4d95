import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build, defineConfig, type Logger, normalizePath, type Plugin, type Rolldown } from 'vite';
import { ensureWasm } from './scripts/wasm.mjs';
import { widgetPackage } from './scripts/widget-package.ts';

/** As the gateway sends them (src/node/gateway/security-headers.ts): without them a page gets no threads. */
const headers = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

type BundlePart = Parameters<Extract<Plugin['generateBundle'], (...args: never) => unknown>>[1][string];

/**
 * WebLLM and XGrammar are larger than all the rest, and most people never need them: kept when they were first used. Parts that workers load
 * come as assets, which tell no modules. Loro is large, too, but a tab that is in a pod opens the pod's document whenever it starts: without it,
 * who reloads offline would be out of the pod until a reload with a network.
 */
const isForFew = (part: BundlePart): boolean =>
  part.type === 'chunk'
    ? part.moduleIds.some(id => id.includes('/@mlc-ai/'))
    : part.fileName.startsWith('assets/web-llm-') ||
      (part.fileName.endsWith('.js') && Buffer.from(part.source).includes('xgrammar'));

/** Of each page what it loads before it runs, and what it may ever load. */
const reached = new Map<
  string,
  { readonly first: ReadonlySet<string>; readonly ever: ReadonlySet<string> }
>();

function findReached(): Plugin {
  return {
    name: 'find-reached',
    apply: 'build',
    buildEnd(failed) {
      if (failed) return;
      const from = (page: string, alsoLater: boolean): ReadonlySet<string> => {
        const found = new Set<string>();
        const visit = (id: string) => {
          if (found.has(id)) return;
          found.add(id);
          const { importedIds = [], dynamicallyImportedIds = [] } = this.getModuleInfo(id) ?? {};
          for (const next of alsoLater ? [...importedIds, ...dynamicallyImportedIds] : importedIds)
            visit(next);
        };
        const entry = normalizePath(fileURLToPath(new URL(page, import.meta.url)));
        if (!this.getModuleInfo(entry)) this.error(`${page} is not built.`);
        visit(entry);
        return found;
      };
      for (const page of ['index.html', 'widget.html'])
        reached.set(page, { first: from(page, false), ever: from(page, true) });
    },
  };
}

/**
 * One file for what the app alone begins with, one for the widget's frame, and one for what one begins with and the other may need, which
 * must not start the first: two dozen small ones cost round trips. All that a module of one imports at once is in the same one or in the shell,
 * so none waits for itself.
 */
function fileOf(module: string): string | null {
  const app = reached.get('index.html');
  const frame = reached.get('widget.html');
  if (!app?.first.has(module) && !frame?.first.has(module)) return null;
  if (!frame?.ever.has(module)) return 'app';
  return app?.ever.has(module) ? 'shell' : 'frame';
}

/** Tells the service worker which files make the app, and names their version by their content. */
function listShell(): Plugin {
  const fixed = ['manifest.webmanifest', 'icons/tabmesh.svg'];
  return {
    name: 'list-shell',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle['service-worker.js'];
        const html = bundle['index.html'];
        if (worker?.type !== 'chunk' || html?.type !== 'asset') return this.error('The shell is incomplete.');
        // Not every browser runs modules as service workers.
        if (worker.imports.length > 0) return this.error('The service worker must be one file.');
        const hashed = Object.keys(bundle).filter(
          name => name.startsWith('assets/') && !isForFew(bundle[name]!),
        );
        const files = ['./', ...fixed, ...hashed];
        const hash = createHash('sha256')
          .update(JSON.stringify(files))
          .update(html.source)
          .update(worker.code);
        for (const name of fixed) hash.update(readFileSync(`public/${name}`));
        const shell = { version: hash.digest('hex').slice(0, 12), files };
        worker.code = worker.code.replace('SHELL', () => JSON.stringify(shell));
      },
    },
  };
}

/** One file of a stable name, which a build of many entries does not make. */
async function single(entry: string, format: 'iife' | 'es'): Promise<string> {
  const built = (await build({
    configFile: false,
    logLevel: 'warn',
    build: { target: 'es2023', write: false, lib: { entry, formats: [format], name: 'tabmeshWidget' } },
  })) as Rolldown.RolldownOutput[];
  return built[0]!.output[0].code;
}

/** The widget's loader: a plain script for other people's pages. Those that pin its hash name the copy whose content never changes. */
function widgetLoader(): Plugin {
  let pinned = '';
  let logger: Logger;
  return {
    name: 'widget-loader',
    apply: 'build',
    configResolved(config) {
      logger = config.logger;
    },
    async generateBundle() {
      const script = await single('src/widget/loader.ts', 'iife');
      this.emitFile({ type: 'asset', fileName: 'widget.js', source: script });
      const version = createHash('sha256').update(script).digest('hex').slice(0, 12);
      const fileName = `widget-${version}.js`;
      this.emitFile({ type: 'asset', fileName, source: script });
      const integrity = `sha384-${createHash('sha384').update(script).digest('base64')}`;
      pinned = `${fileName} integrity="${integrity}" crossorigin="anonymous"`;
    },
    closeBundle() {
      if (pinned) logger.info(`\nTo pin the widget (docs/widget.md): ${pinned}`);
    },
  };
}

/** Without them the app would compute with the slow reference and not say so. */
const kernels = (): Plugin => ({ name: 'kernels', buildStart: ensureWasm });

export default defineConfig({
  plugins: [
    kernels(),
    svelte(),
    findReached(),
    listShell(),
    widgetLoader(),
    widgetPackage(entry => single(entry, 'es')),
  ],
  base: './',
  worker: { format: 'es' },
  server: { headers },
  preview: { headers },
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      input: ['index.html', 'widget.html', 'workers/service-worker.ts'],
      // Its scope is its folder, and its address must stay the same.
      output: {
        entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
        codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: fileOf }] },
      },
      checks: { pluginTimings: false },
    },
  },
});
