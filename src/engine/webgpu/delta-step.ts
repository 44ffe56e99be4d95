/** What the kernels of delta nets need to know about the rows of one step. */
import type { DeltaTrack } from './delta-track.ts';

/** For each row: slot, position, its session's length behind the step, the session's next row; then its start. */
export const deltaWordsPerRow = 6;
/** In place of a start: the row follows another of its session. */
const follows = 0xffffffff;

export interface DeltaRow {
  readonly position: number;
  readonly track: DeltaTrack;
}

/** As shaders/delta-rule.wgsl and delta-finish.wgsl read them; the tracks move on by the rows. */
export function deltaWords(rows: readonly DeltaRow[]): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(rows.length * deltaWordsPerRow);
  const runs = Map.groupBy(rows.keys(), row => rows[row]!.track);
  for (const [track, run] of runs) {
    const { state, from } = track.take(run.length);
    const end = rows[run[0]!]!.position + run.length;
    run.forEach((row, index) => {
      const start = index === 0 ? state : follows;
      words.set(
        [track.slot, rows[row]!.position, end, run[index + 1] ?? row, start, from],
        row * deltaWordsPerRow,
      );
    });
  }
  return words;
}
