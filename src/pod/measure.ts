import type { ModelId, SessionId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { measureBytesMax, measureMs, prefillRows } from '../base/limits.ts';
import type { LastingEngine } from '../engine/lasting-engine.ts';
import type { Model } from '../model/model.ts';
import { layerBytes } from '../model/slice.ts';
import { readBytes } from './model-bytes.ts';
import type { SpeedMeter } from './speed.ts';

const session = 'measure' as SessionId;

/**
 * Measures this peer with layers of `model`'s own shapes and types whose weights are zero, so that nothing is fetched: as many as
 * fit into `bytes` and `measureBytesMax`. Resolves when `meter` knows enough: rows in any case, chunks of them within
 * `measureMs`. Does nothing where no layer fits. Rejects as loading does.
 */
export async function measureSpeed(
  parts: { engine: LastingEngine; clock: Clock; meter: SpeedMeter; bytes: number },
  model: Model,
  signal: AbortSignal,
): Promise<void> {
  const { engine, clock, meter } = parts;
  const most = Math.min(parts.bytes, measureBytesMax);
  let last = 0;
  for (let bytes = 0; last < model.hyper.layers; last++) {
    bytes += layerBytes(model, last);
    if (last > 0 ? bytes > most : bytes > parts.bytes) break;
  }
  if (last === 0) return;
  const range = { first: 0, last };
  // Under an id of its own: the engine shares layers of one model.
  const blank: Model = { ...model, id: `measure:${model.id}` as ModelId };
  const zeros = async (_: string, { start, end }: { start: number; end: number }) =>
    new Uint8Array(end - start);
  const stage = await engine.stage(blank, range, zeros, signal);
  try {
    const { width } = model.hyper;
    const begun = clock.now();
    await stage.open(session, 2 * prefillRows);
    // The first passes compile kernels and warm caches.
    const passes = [1, 1, 1, 1, 1, prefillRows, prefillRows, prefillRows, prefillRows];
    const warming = [0, 1, 5];
    let rowMs = 0;
    for (const [nth, count] of passes.entries()) {
      signal.throwIfAborted();
      // Without its rows nothing would be known of the slowest, which matter most.
      if (count > 1 && (clock.now() - begun > measureMs || count * rowMs > measureMs)) return;
      await stage.rewind(session, 0);
      const started = clock.now();
      await stage.forward([{ session, position: 0, count }], new Float32Array(count * width).fill(1));
      const ms = clock.now() - started;
      if (count === 1) rowMs = ms;
      if (!warming.includes(nth)) meter.note(count, readBytes(model, range), ms);
    }
  } finally {
    await stage.dispose();
  }
}
