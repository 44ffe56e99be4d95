/** Splits a GGUF file as llama.cpp's gguf-split does, and into wrong parts. */
import { concatBytes } from '../../src/base/bytes.ts';
import { readHeader } from '../../src/model/header.ts';
import { bytesSource, number32, number64, string } from './model-maker.ts';

export interface Shard {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What a part says of itself; what is true where it says nothing. */
export interface Claims {
  readonly no?: number;
  readonly count?: number;
  readonly tensors?: number;
}

interface RawTensor {
  readonly name: string;
  /** All of its info but the offset. */
  readonly info: Uint8Array<ArrayBuffer>;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** `counts[i]` tensors go into part i, what is left into the last. `claims` are called with the part, from 0. */
export async function splitModel(
  file: Uint8Array<ArrayBuffer>,
  model: string,
  counts: readonly number[],
  claims: (part: number) => Claims = () => ({}),
): Promise<Shard[]> {
  const { entries, metadata, tensors } = await takeApart(file);
  let next = 0;
  return counts.map((count, part) => {
    const to = part === counts.length - 1 ? tensors.length : next + count;
    const own = tensors.slice(next, to);
    next = to;
    const said = { no: part, count: counts.length, tensors: tensors.length, ...claims(part) };
    const split = [
      concatBytes([string('split.no'), number32(2), number16(said.no)]),
      concatBytes([string('split.count'), number32(2), number16(said.count)]),
      concatBytes([string('split.tensors.count'), number32(5), number32(said.tensors)]),
    ];
    const keys = part === 0 ? [metadata, ...split] : split;
    return {
      name: `${model}-${digits(part + 1)}-of-${digits(counts.length)}.gguf`,
      bytes: write(own, keys, (part === 0 ? entries : 0) + split.length),
    };
  });
}

function write(
  tensors: readonly RawTensor[],
  keys: readonly Uint8Array<ArrayBuffer>[],
  entries: number,
): Uint8Array<ArrayBuffer> {
  const head = [
    new TextEncoder().encode('GGUF'),
    number32(3),
    number64(tensors.length),
    number64(entries),
    ...keys,
  ];
  const data: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const tensor of tensors) {
    head.push(tensor.info, number64(offset));
    data.push(padded(tensor.data));
    offset += data.at(-1)!.length;
  }
  return concatBytes([padded(concatBytes(head)), ...data]);
}

async function takeApart(file: Uint8Array<ArrayBuffer>) {
  const header = await readHeader(bytesSource(file));
  const infoBytes = (name: string, dimensions: number) =>
    8 + new TextEncoder().encode(name).length + 4 + 8 * dimensions + 4 + 8;
  const all = [...header.tensors.values()];
  let at = header.headerBytes - all.reduce((sum, { name, shape }) => sum + infoBytes(name, shape.length), 0);
  const metadata = file.slice(24, at);
  const tensors = all.map(({ name, shape, offset, bytes }): RawTensor => {
    const end = at + infoBytes(name, shape.length);
    const info = file.slice(at, end - 8);
    at = end;
    return { name, info, data: file.slice(offset, offset + bytes) };
  });
  return {
    entries: Number(new DataView(file.buffer, file.byteOffset).getBigUint64(16, true)),
    metadata,
    tensors,
  };
}

const number16 = (value: number): Uint8Array<ArrayBuffer> => new Uint8Array(new Uint16Array([value]).buffer);
const digits = (value: number) => String(value).padStart(5, '0');

function padded(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(Math.ceil(bytes.length / 32) * 32);
  whole.set(bytes);
  return whole;
}
