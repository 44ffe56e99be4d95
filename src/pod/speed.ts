import type { Clock } from '../base/clock.ts';
import { prefillRows, speedNanosPerMBMax } from '../base/limits.ts';
import type { Stage } from '../engine/stage.ts';
import { steady } from './steady.ts';

/** How long a peer takes for a million bytes of weights, in nanoseconds, as it measured. */
export interface Speed {
  /** For one row: a token of an answer. */
  readonly rowNanosPerMB: number;
  /** For `prefillRows` rows at once: a chunk of a prompt. */
  readonly chunkNanosPerMB?: number;
}

/** The middle of so many is told. */
const samplesMax = 15;
const samplesMin = 3;

/** What this peer's own passes took. Passes of one row and of whole chunks count; those in between say little of either. */
export class SpeedMeter {
  #rows: number[] = [];
  #chunks: number[] = [];
  #told: Speed | undefined;

  /** `bytes` are the weights that one row reads. */
  note(rows: number, bytes: number, ms: number): void {
    // A clock too coarse for the pass says nothing of it.
    if (bytes <= 0 || ms <= 0) return;
    const nanosPerMB = Math.min((ms * 1e12) / bytes, speedNanosPerMBMax);
    if (rows === 1) this.#rows = [...this.#rows, nanosPerMB].slice(-samplesMax);
    else if (rows === prefillRows) this.#chunks = [...this.#chunks, nanosPerMB].slice(-samplesMax);
  }

  /** The device is another one. */
  reset(): void {
    this.#rows = [];
    this.#chunks = [];
    this.#told = undefined;
  }

  /** Undefined until there is enough to tell. */
  speed(): Speed | undefined {
    const row = middle(this.#rows);
    if (row === undefined) return undefined;
    const chunk = middle(this.#chunks);
    const rowNanosPerMB = steady(row, this.#told?.rowNanosPerMB, 1);
    const next: Speed = {
      rowNanosPerMB,
      ...(chunk === undefined ? {} : { chunkNanosPerMB: steady(chunk, this.#told?.chunkNanosPerMB, 1) }),
    };
    this.#told = next;
    return next;
  }
}

/** Who gives a part of its time counts as so much slower. */
export function atShare(speed: Speed | undefined, share: number): Speed | undefined {
  if (!speed) return undefined;
  const at = (nanos: number) => Math.min(Math.round(nanos / share), speedNanosPerMBMax);
  const { rowNanosPerMB, chunkNanosPerMB } = speed;
  return {
    rowNanosPerMB: at(rowNanosPerMB),
    ...(chunkNanosPerMB === undefined ? {} : { chunkNanosPerMB: at(chunkNanosPerMB) }),
  };
}

function middle(values: readonly number[]): number | undefined {
  if (values.length < samplesMin) return undefined;
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** The same stage, whose passes are noted. `bytes` are the weights that one row reads. */
export function timed(stage: Stage, bytes: number, clock: Clock, meter: SpeedMeter): Stage {
  return {
    layers: stage.layers,
    weightBytes: stage.weightBytes,
    open: (session, capacity) => stage.open(session, capacity),
    rewind: (session, length) => stage.rewind(session, length),
    close: session => stage.close(session),
    dispose: () => stage.dispose(),
    async forward(rows, hidden) {
      const begun = clock.now();
      const result = await stage.forward(rows, hidden);
      const count = rows.reduce((sum, each) => sum + each.count, 0);
      meter.note(count, bytes, clock.now() - begun);
      return result;
    },
  };
}
