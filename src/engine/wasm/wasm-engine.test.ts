import { loadKernels, startThread } from '../../../workers/kernels-node.ts';
import { runEngineContract } from '../engine-contract.ts';
import type { LoadKernels } from './kernels.ts';
import { createWasmEngine } from './wasm-engine.ts';

const plain: LoadKernels = file => loadKernels(file.replace('relaxed', 'simd') as typeof file);

runEngineContract('wasm', () => createWasmEngine({ load: loadKernels, threads: 1 }), 0);
runEngineContract('wasm without relaxed SIMD', () => createWasmEngine({ load: plain, threads: 1 }), 0);
runEngineContract(
  'wasm on two threads',
  () => createWasmEngine({ load: loadKernels, threads: 2, startThread }),
  0,
);
