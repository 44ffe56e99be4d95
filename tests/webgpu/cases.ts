/** Every case of the WebGPU engine, for a page and for Node alike. */
import type { Case } from '../../src/engine/engine-contract-cases.ts';
import { engineContractCases } from '../../src/engine/engine-contract-cases.ts';
import { createWebGpuEngine } from '../../src/engine/webgpu/webgpu-engine.ts';
import { type GoldenFiles, goldenCases } from '../goldens/golden-cases.ts';
import type { WebGpuSurroundings } from './around.ts';
import { cacheCases } from './cache-cases.ts';
import { lostDeviceCase } from './lost-device-case.ts';
import { memoryCase } from './memory-case.ts';
import { oneSubmitCases } from './one-submit-cases.ts';
import { tierCases } from './tier-cases.ts';
import { webGpuCases } from './webgpu-cases.ts';

export async function allCases(around: WebGpuSurroundings, files: GoldenFiles): Promise<Case[]> {
  const { adapter, kept, shaders } = around;
  const create = async (memoryBytes?: number) =>
    createWebGpuEngine({ adapter: await kept, shaders, memoryBytes, stepsAwaitKernels: true });
  return [
    ...webGpuCases(around),
    ...cacheCases(around),
    memoryCase(create),
    ...oneSubmitCases(create, files),
    lostDeviceCase({ adapter, shaders, model: () => files.model('tiny-qwen3-f32') }),
    // One kernel for one row and another for several add in different orders; results of tiny models are near 1.
    ...engineContractCases(create, 2e-5),
    ...goldenCases(create, files),
    ...(await tierCases(around, files)),
  ];
}
