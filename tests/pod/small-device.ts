import type { SessionId } from '../../src/base/brand.ts';
import { TabmeshError } from '../../src/base/error.ts';
import { createCpuEngine } from '../../src/engine/cpu/cpu-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { StartEngine } from '../../src/engine/lasting-engine.ts';

/**
 * The exact engine on a device that keeps `most` positions for each stage, whatever is lent: it refuses more when a
 * session opens, as the pages of a GPU do, or when rows come, as memory does that runs out.
 */
export function smallDevice(refuses: 'open' | 'forward', most: number): StartEngine {
  const exact = createCpuEngine();
  const stage: Engine['stage'] = async (...given) => {
    const real = await exact.stage(...given);
    const kept = new Map<SessionId, number>();
    const keep = (session: SessionId, positions: number) => {
      const others = [...kept].reduce((sum, [id, count]) => sum + (id === session ? 0 : count), 0);
      if (others + positions > most) throw new TabmeshError('full', 'engine', `${most} positions are kept.`);
      kept.set(session, positions);
    };
    return {
      layers: real.layers,
      weightBytes: real.weightBytes,
      async open(session, capacity) {
        if (refuses === 'open') keep(session, capacity);
        await real.open(session, capacity);
      },
      async forward(rows, hidden) {
        if (refuses === 'forward')
          for (const { session, position, count } of rows) keep(session, position + count);
        return real.forward(rows, hidden);
      },
      rewind: (session, length) => real.rewind(session, length),
      async close(session) {
        kept.delete(session);
        await real.close(session);
      },
      dispose: () => real.dispose(),
    };
  };
  const { device, lost } = exact;
  return async () => ({
    device,
    lost,
    stage,
    head: (...given) => exact.head(...given),
    memory: () => exact.memory(),
    close: () => exact.close(),
  });
}
