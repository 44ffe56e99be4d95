// Where the project is, and the Node that runs it.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export const say = text => process.stderr.write(`${text}\n`);

export function fail(text) {
  say(text);
  process.exit(1);
}

/** The Node that the `node` package brought; libp2p 3 needs 22 or newer and we run TypeScript as it stands. */
export function modernNode() {
  const brought = join(
    root,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (existsSync(brought)) return brought;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  return fail(
    'Tabmesh needs Node 24. Its installation brings one, but here it did not: run "npm rebuild node" or install Node 24.',
  );
}

/** Flags under which Node 24 runs our TypeScript (the generated protobuf codecs use namespaces). */
export const nodeFlags = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning'];
