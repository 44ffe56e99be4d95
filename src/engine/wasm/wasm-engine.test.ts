import { loadKernels, startThread } from '../../../workers/kernels-node.ts';
import { runEngineContract } from '../engine-contract.ts';
import type { LoadKernels } from './kernels.ts';
import { createWasmEngine } from './wasm-engine.ts';

const plain: LoadKernels = file => loadKernels(file.replace('relaxed', 'simd') as typeof file);

runEngineContract('wasm', memoryBytes => createWasmEngine({ load: loadKernels, threads: 1, memoryBytes }), 0);
runEngineContract(
  'wasm without relaxed SIMD',
  memoryBytes => createWasmEngine({ load: plain, threads: 1, memoryBytes }),
  0,
);

let passes = 0;
/** Each pass on another number, so that threads sit out some and come back. */
const share = (_: number, threads: number) => 1 + (passes++ % threads);
runEngineContract(
  'wasm on one to three threads',
  memoryBytes => createWasmEngine({ load: loadKernels, threads: 3, startThread, share, memoryBytes }),
  0,
);
