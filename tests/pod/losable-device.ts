import { createCpuEngine } from '../../src/engine/cpu/cpu-engine.ts';
import type { StartEngine } from '../../src/engine/lasting-engine.ts';
import { connectEngine } from '../../src/engine/remote/connect-engine.ts';
import { serveEngine } from '../../src/engine/remote/serve-engine.ts';

export interface LosableDevice {
  readonly start: StartEngine;
  /** What was asked for, from the first start on. */
  readonly started: ('auto' | 'cpu')[];
  /** Takes the present device away, with all that it holds and computes. */
  lose(): void;
}

/** Real engines behind real ports, as in a worker whose device goes: what is under way there is lost, and nothing is answered any more. */
export function losableDevice(): LosableDevice {
  const started: LosableDevice['started'] = [];
  let port: MessagePort;
  return {
    started,
    async start(device, signal) {
      started.push(device);
      const real = createCpuEngine();
      const { port1, port2 } = new MessageChannel();
      serveEngine(port1, {
        device: device === 'cpu' ? real.device : { kind: 'webgpu', name: 'GPU' },
        lost: real.lost,
        stage: (...given) => real.stage(...given),
        head: (...given) => real.head(...given),
        memory: () => real.memory(),
        close: () => real.close(),
      });
      port = port1;
      return connectEngine(port2, signal);
    },
    lose: () => port.close(),
  };
}
