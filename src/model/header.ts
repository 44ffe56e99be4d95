import { gguf } from '@huggingface/gguf';
import { concatBytes, MiB } from '../base/bytes.ts';
import { TabmeshError } from '../base/error.ts';
import { fileBytesMax, headerFirstBytes } from '../base/limits.ts';
import { NeedsMore } from './header-cursor.ts';
import { scanHeader } from './header-scan.ts';
import type { TensorInfo } from './model.ts';
import type { ByteSource } from './source.ts';
import { blockLayouts, isTensorType, tensorTypeName } from './tensor-type.ts';

export interface Header {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly fileBytes: number;
  readonly headerBytes: number;
}

/**
 * Reads a GGUF header with few requests and little beyond its end. Throws what the source throws, and
 * TabmeshError('corrupt' | 'unsupported', 'model') that names the fault.
 */
export async function readHeader(source: ByteSource, signal?: AbortSignal): Promise<Header> {
  const fileBytes = await source.size(signal);
  if (fileBytes > fileBytesMax)
    throw new TabmeshError('unsupported', 'model', `${source.name} has more than ${fileBytesMax} bytes.`);
  let bytes = await source.read(0, Math.min(fileBytes, headerFirstBytes), signal);
  let extent = scanHeader(bytes, fileBytes);
  while (extent instanceof NeedsMore) {
    // Fourfold at first: a vocabulary of 150,000 words makes 6 MB, and each request costs a round trip.
    const step = bytes.length < 2 * MiB ? bytes.length * 4 : bytes.length * 2;
    const end = Math.min(fileBytes, Math.max(extent.bytes, step));
    bytes = concatBytes([bytes, await source.read(bytes.length, end, signal)]);
    extent = scanHeader(bytes, fileBytes);
  }
  const parsed = await parse(bytes.subarray(0, extent.headerBytes));
  const metadata: Record<string, unknown> = { ...parsed.metadata };
  // The library cuts the last string of an array where one of its 2 MB pieces ends within it (gguf.ts, readString:
  // `slice` beyond the buffer does not throw). Goes when that is mended in @huggingface/gguf.
  for (const { key, start, end } of extent.lastStrings)
    (metadata[key] as string[]).splice(-1, 1, new TextDecoder().decode(bytes.subarray(start, end)));
  const dataOffset = extent.dataOffset;
  const tensors = new Map<string, TensorInfo>();
  for (const { name, shape, dtype, offset } of parsed.tensorInfos) {
    const type = tensorTypeName(dtype);
    if (!isTensorType(type)) throw new TabmeshError('unsupported', 'model', `Tensor type ${type}.`);
    const sizes = shape.map(Number);
    const block = blockLayouts[type];
    const weights = sizes.reduce((product, size) => product * size, 1);
    tensors.set(name, {
      name,
      type,
      shape: sizes,
      offset: dataOffset + Number(offset),
      bytes: (weights / block.weights) * block.bytes,
    });
  }
  return { metadata, tensors, fileBytes, headerBytes: extent.headerBytes };
}

/**
 * The library asks for 2 MB pieces of a URL; it gets the header that was scanned and nothing behind it. Node and
 * browser builds differ in what they take for a local file, so the name is a URL that nobody asks.
 */
async function parse(header: Uint8Array) {
  const fetchHeader = async (_: unknown, init?: RequestInit) => {
    const start = Number(/bytes=(\d+)-/.exec(new Headers(init?.headers).get('range') ?? '')?.[1]);
    return new Response(header.slice(start, start + 2_000_000));
  };
  try {
    return await gguf('http://header.invalid/model.gguf', { fetch: fetchHeader as typeof fetch });
  } catch (cause) {
    const fault = cause instanceof Error ? cause.message : String(cause);
    throw new TabmeshError('corrupt', 'model', `The model file's header cannot be read: ${fault}.`, {
      cause,
    });
  }
}
