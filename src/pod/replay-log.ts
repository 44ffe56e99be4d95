import { TabmeshError } from '../base/error.ts';
import { prefillRows, replayBytesMax, replaySessionBytesMax } from '../base/limits.ts';
import { type Chunk, fromHalves, type Halves } from './half-rows.ts';

/** What all sessions of one peer may keep together. */
export class ReplayRoom {
  #freeBytes = replayBytesMax;

  take(bytes: number): boolean {
    if (bytes > this.#freeBytes) return false;
    this.#freeBytes -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#freeBytes += bytes;
  }
}

/** A chunk as it went over the wire, so that what is sent again is the same to the bit. */
interface Sent extends Halves {
  readonly position: number;
  readonly count: number;
  readonly step: number;
  readonly all: boolean;
}

/** An array and an object around one row. */
const aroundBytes = 256;

const bytesOf = ({ halves }: Halves): number => halves.length + aroundBytes;

/** The rows that one session sent to its next hop, without those that it went back over. */
export class ReplayLog {
  readonly #room: ReplayRoom;
  #sent: Sent[] = [];
  #bytes = 0;
  #outgrown = false;

  constructor(room: ReplayRoom) {
    this.#room = room;
  }

  /** `wire`: the rows of `chunk`. */
  add(chunk: Omit<Chunk, 'hidden'>, wire: Halves): void {
    this.#goBack(chunk.position);
    // What begins anew has all its rows again.
    if (chunk.position === 0) this.#outgrown = false;
    if (this.#outgrown) return;
    const { position, count, step, all } = chunk;
    const sent = { position, count, step, all, ...wire };
    if (this.#bytes + bytesOf(sent) > replaySessionBytesMax || !this.#room.take(bytesOf(sent))) {
      this.clear();
      this.#outgrown = true;
      return;
    }
    this.#bytes += bytesOf(sent);
    this.#sent.push(sent);
  }

  /**
   * All rows in order. Those of chunks up to step `had` are joined, for nothing comes back for them, and carry `until`;
   * later ones are as they were. Throws TabmeshError('unsupported', 'pod') where it was too much to keep.
   */
  *replay(had: number, until: number): Generator<Chunk, void, void> {
    if (this.#outgrown) {
      throw new TabmeshError('unsupported', 'pod', 'Too much was sent in this answer to send it once more.');
    }
    let joined: Sent[] = [];
    for (const sent of this.#sent) {
      if (joined.length > 0 && !(sent.step <= had && joins(joined, sent))) {
        yield chunkOf(joined, until);
        joined = [];
      }
      if (sent.step <= had) joined.push(sent);
      else yield { ...chunkOf([sent], 0), all: sent.all };
    }
    if (joined.length > 0) yield chunkOf(joined, until);
  }

  clear(): void {
    this.#room.give(this.#bytes);
    this.#bytes = 0;
    this.#sent = [];
  }

  #goBack(position: number): void {
    for (
      let last = this.#sent.at(-1);
      last && last.position + last.count > position;
      last = this.#sent.at(-1)
    ) {
      this.#sent.pop();
      this.#give(bytesOf(last));
      if (last.position >= position) continue;
      const count = position - last.position;
      const halves = last.halves.slice(0, (last.halves.length / last.count) * count);
      const kept = { ...last, count, halves };
      this.#room.take(bytesOf(kept));
      this.#bytes += bytesOf(kept);
      this.#sent.push(kept);
    }
  }

  #give(bytes: number): void {
    this.#room.give(bytes);
    this.#bytes -= bytes;
  }
}

/** Rows of another scale would be rounded anew. */
function joins(joined: readonly Sent[], { position, count, shift }: Sent): boolean {
  const [first, last] = [joined[0]!, joined.at(-1)!];
  const follows = position === last.position + last.count;
  return follows && shift === first.shift && position + count - first.position <= prefillRows;
}

function chunkOf(sent: readonly Sent[], until: number): Chunk {
  const [first, last] = [sent[0]!, sent.at(-1)!];
  const halves = new Uint8Array(sent.reduce((sum, each) => sum + each.halves.length, 0));
  let at = 0;
  for (const each of sent) {
    halves.set(each.halves, at);
    at += each.halves.length;
  }
  const { position, shift } = first;
  const count = last.position + last.count - position;
  return { position, count, step: last.step, all: false, until, hidden: fromHalves({ halves, shift }) };
}
