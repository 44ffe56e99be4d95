// Makes wasm/build/*.wasm, the kernels of the CPU, out of the AssemblyScript in wasm/, where that has changed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { modernNode, root } from './place.mjs';

const sources = join(root, 'wasm');
const built = join(sources, 'build');
const common = [
  ...[
    '-O3',
    '--noAssert',
    '--importMemory',
    '--runtime',
    'stub',
    '--initialMemory',
    '16',
    '--maximumMemory',
    '65536',
  ],
  // 'Exchange of v128 values is not supported by all embeddings': no exported function does.
  ...['--disableWarning', '112', '--use', 'abort='],
];
/** As in wasm/products.ts. */
const products = { wide: 0, paired: 1, fused: 2 };
const variants = Object.entries(products).flatMap(([name, number]) => {
  const features = `simd${name === 'wide' ? '' : ',relaxed-simd'}`;
  const use = ['--use', `PRODUCTS=${number}`];
  return [
    [name, [...use, '--enable', features]],
    [`${name}-threads`, [...use, '--enable', `${features},threads`, '--sharedMemory']],
  ];
});

const changed = path => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

export function ensureWasm() {
  const names = readdirSync(sources).filter(name => name.endsWith('.ts'));
  const newest = Math.max(changed(import.meta.filename), ...names.map(name => changed(join(sources, name))));
  mkdirSync(built, { recursive: true });
  // The app takes all that lie there.
  const known = new Set(variants.map(([name]) => `${name}.wasm`));
  for (const name of readdirSync(built)) {
    if (name.endsWith('.wasm') && !known.has(name)) rmSync(join(built, name));
  }
  for (const [name, flags] of variants) {
    const file = join(built, `${name}.wasm`);
    if (changed(file) > newest) continue;
    // Two builds at once must not leave half a file.
    const partial = join(built, `${name}.${process.pid}.partial`);
    const asc = join(root, 'node_modules', 'assemblyscript', 'bin', 'asc.js');
    const args = [asc, 'wasm/kernels.ts', ...common, ...flags, '--outFile', partial];
    const result = spawnSync(modernNode(), args, {
      cwd: root,
      stdio: ['ignore', process.stderr, process.stderr],
    });
    if (result.status !== 0) throw new Error('The kernels in wasm/ do not compile; the lines above say why.');
    renameSync(partial, file);
  }
}

/** For vitest, as a global setup. */
export const setup = ensureWasm;

if (process.argv[1] === import.meta.filename) ensureWasm();
