/** A whole peer, from the pod down to the GPU, whose device goes in mid-answer. */

import type { ModelId } from '../../src/base/brand.ts';
import { MiB } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { LiveValue } from '../../src/base/live.ts';
import { seededRandom } from '../../src/base/random.ts';
import { type Case, same } from '../../src/engine/engine-contract-cases.ts';
import { createLastingEngine } from '../../src/engine/lasting-engine.ts';
import { greedy } from '../../src/engine/stage.ts';
import { createWebGpuEngine } from '../../src/engine/webgpu/webgpu-engine.ts';
import { blobSource } from '../../src/model/blob-source.ts';
import { createModelLibrary } from '../../src/model/library.ts';
import { createMemoryWorld } from '../../src/network/memory-network.ts';
import { createPod } from '../../src/pod/create-pod.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { noDocuments } from '../pod/no-documents.ts';
import { type WebGpuSurroundings, watched } from './around.ts';

const id = 'tiny' as ModelId;

export interface LostDeviceSurroundings extends Pick<WebGpuSurroundings, 'adapter' | 'shaders'> {
  model(): Promise<Blob>;
}

export const lostDeviceCase = ({ adapter, shaders, model }: LostDeviceSurroundings): Case => ({
  name: 'an answer whose device is lost in between goes on on a new one, with the same tokens',
  run: async () => {
    const devices: GPUDevice[] = [];
    const start = async () => {
      const seen = (device: GPUDevice) => void devices.push(device);
      return createWebGpuEngine({ adapter: watched(await adapter(), seen), shaders });
    };
    const engine = await createLastingEngine(start, systemClock);
    const random = seededRandom(1);
    const source = blobSource(await model(), id, id);
    const pod = createPod({
      network: createMemoryWorld({ clock: systemClock, random }).join('alone'),
      engine,
      library: createModelLibrary({ store: createMemoryStore(), resolve: () => source }),
      clock: systemClock,
      random,
      memoryBytes: new LiveValue(64 * MiB),
      documents: noDocuments(),
    });
    await pod.serve(id, 'tiny');
    const request = {
      model: id,
      prompt: [159],
      maxTokens: 4,
      sampling: greedy,
      endTokens: new Set<number>(),
    };
    const tokens: number[] = [];
    for await (const event of pod.generate(request)) if (event.kind === 'token') tokens.push(event.token);
    const again: number[] = [];
    const causes: (string | undefined)[] = [];
    for await (const event of pod.generate(request)) {
      if (event.kind === 'step' && event.step.name === 'takeover') causes.push(event.step.cause);
      if (event.kind !== 'token') continue;
      again.push(event.token);
      if (again.length === 2) devices[0]!.destroy();
    }
    same(again.join(), tokens.join(), 'the tokens');
    same(devices.length, 2, 'the devices');
    same(/^The GPU was lost: .*\.$/.test(causes.join()), true, `that the loss is told (${causes})`);
    same(engine.device.peek().note, `${causes[0]} It is back.`, 'the note');
    await pod.close();
    await engine.close();
  },
});
