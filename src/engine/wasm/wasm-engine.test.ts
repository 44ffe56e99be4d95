import { loadKernels, loadOnly, startThread } from '../../../workers/kernels-node.ts';
import { runEngineContract } from '../engine-contract.ts';
import { createWasmEngine } from './wasm-engine.ts';

runEngineContract('wasm', memoryBytes => createWasmEngine({ load: loadKernels, threads: 1, memoryBytes }), 0);
for (const products of ['paired', 'wide'] as const) {
  const load = loadOnly(products);
  runEngineContract(
    `wasm with ${products} products`,
    memoryBytes => createWasmEngine({ load, threads: 1, memoryBytes }),
    0,
  );
}

let passes = 0;
/** Each pass on another number, so that threads sit out some and come back. */
const share = (_: number, threads: number) => 1 + (passes++ % threads);
runEngineContract(
  'wasm on one to three threads',
  memoryBytes => createWasmEngine({ load: loadKernels, threads: 3, startThread, share, memoryBytes }),
  0,
);
