import { createCpuEngine } from '../../src/engine/cpu/cpu-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Stage } from '../../src/engine/stage.ts';

type Forward = Stage['forward'];

/** Starts the exact engine; each pass of its stages goes through `pass`. */
export const passingEngine =
  (pass: (forward: () => ReturnType<Forward>) => ReturnType<Forward>) => async (): Promise<Engine> => {
    const engine = createCpuEngine();
    return {
      device: engine.device,
      lost: engine.lost,
      head: (...given) => engine.head(...given),
      memory: () => engine.memory(),
      close: () => engine.close(),
      async stage(...given) {
        const stage = await engine.stage(...given);
        return {
          layers: stage.layers,
          weightBytes: stage.weightBytes,
          open: (...rest) => stage.open(...rest),
          rewind: (...rest) => stage.rewind(...rest),
          close: session => stage.close(session),
          dispose: () => stage.dispose(),
          forward: (...rest) => pass(() => stage.forward(...rest)),
        };
      },
    };
  };
