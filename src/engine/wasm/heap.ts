import { assert, must } from '../../base/assert.ts';
import { formatBytes, MiB } from '../../base/bytes.ts';
import { TabmeshError } from '../../base/error.ts';
import { DeviceMemory, type Purpose } from '../device-memory.ts';

/** The kernels keep what threads tell each other below this. */
const firstAddress = 4096;
const pageBytes = 65_536;
/** A cache line; also what vectors of 16 bytes like best. */
const alignment = 64;
/** Memory grows by at least this, because each time may copy all of it. */
const growBytes = 16 * MiB;

/** What `bytes` take there. */
export const heapBytes = (bytes: number): number =>
  Math.max(alignment, Math.ceil(bytes / alignment) * alignment);

interface Span {
  from: number;
  to: number;
}

/** Places in the memory of the kernels. It grows up to 4 GiB and is given back to the system only as a whole. */
export class Heap {
  readonly #memory: WebAssembly.Memory;
  /** Sorted by address, never touching each other. */
  readonly #free: Span[] = [];
  readonly #taken = new Map<number, { readonly size: number; readonly purpose: Purpose }>();
  readonly #counted: DeviceMemory;
  #end = firstAddress;

  constructor(memory: WebAssembly.Memory, counted = new DeviceMemory()) {
    this.#memory = memory;
    this.#counted = counted;
  }

  /** The address of `bytes` bytes, whose contents are whatever was there. Throws TabmeshError('full', 'engine'). */
  take(bytes: number, purpose: Purpose = 'scratch'): number {
    const size = heapBytes(bytes);
    this.#counted.take(purpose, size);
    try {
      const address = this.#reuse(size) ?? this.#extend(size);
      this.#taken.set(address, { size, purpose });
      return address;
    } catch (error) {
      this.#counted.give(purpose, size);
      throw error;
    }
  }

  release(address: number): void {
    const { size, purpose } = must(this.#taken.get(address), 'what is released was taken');
    this.#taken.delete(address);
    this.#counted.give(purpose, size);
    const to = address + size;
    const index = this.#free.findIndex(span => span.from >= to);
    const at = index < 0 ? this.#free.length : index;
    const before = this.#free[at - 1];
    const after = this.#free[at];
    if (before?.to === address) {
      before.to = after?.from === to ? after.to : to;
      if (after?.from === to) this.#free.splice(at, 1);
    } else if (after?.from === to) after.from = address;
    else this.#free.splice(at, 0, { from: address, to });
  }

  bytes(address: number, count: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, address, count);
  }

  floats(address: number, count: number): Float32Array {
    return new Float32Array(this.#memory.buffer, address, count);
  }

  words(address: number, count: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, address, count);
  }

  #reuse(size: number): number | undefined {
    const index = this.#free.findIndex(({ from, to }) => to - from >= size);
    if (index < 0) return undefined;
    const span = this.#free[index]!;
    const { from } = span;
    span.from += size;
    if (span.from === span.to) this.#free.splice(index, 1);
    return from;
  }

  #extend(size: number): number {
    const last = this.#free.at(-1);
    const from = last?.to === this.#end ? last.from : this.#end;
    const missing = from + size - this.#memory.buffer.byteLength;
    if (missing > 0 && !this.#grow(Math.max(missing, growBytes)) && !this.#grow(missing)) {
      const held = formatBytes(this.#memory.buffer.byteLength);
      const reason = `The CPU's kernels have ${held} and got no ${formatBytes(size)} more from the system. Take fewer layers.`;
      throw new TabmeshError('full', 'engine', reason);
    }
    if (from < this.#end) this.#free.pop();
    this.#end = from + size;
    assert(this.#end <= this.#memory.buffer.byteLength, 'memory grew');
    return from;
  }

  #grow(bytes: number): boolean {
    try {
      this.#memory.grow(Math.ceil(bytes / pageBytes));
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }
}
