/**
 * Walks a GGUF header without keeping anything, to find where it ends and to refuse one that lies, before a parser
 * allocates what it claims. Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
import { TabmeshError } from '../base/error.ts';
import {
  metadataArrayMax,
  metadataElementsMax,
  metadataEntriesMax,
  metadataKeyBytesMax,
  tensorCountMax,
  tensorNameBytesMax,
} from '../base/limits.ts';
import { corrupt, HeaderCursor, NeedsMore } from './header-cursor.ts';
import { blockLayouts, isTensorType, tensorTypeName } from './tensor-type.ts';

export interface HeaderExtent {
  /** Where the tensor infos end. */
  readonly headerBytes: number;
  /** Where tensor offsets count from. */
  readonly dataOffset: number;
  /** The last string of every array of strings, as bytes [start, end) of the file. */
  readonly lastStrings: readonly LastString[];
}

export interface LastString {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

const typeString = 8;
const typeArray = 9;
const typeUint32 = 4;
/** Bytes of one value by its type: u8 i8 u16 i16 u32 i32 f32 bool, string, array, u64 i64 f64. */
const valueBytes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];

/**
 * Answers where the header of a file of `fileBytes` ends, `NeedsMore` where `bytes` (its beginning) hold too little,
 * or throws TabmeshError('corrupt' | 'unsupported', 'model') that names the fault.
 */
export function scanHeader(bytes: Uint8Array, fileBytes: number): HeaderExtent | NeedsMore {
  try {
    return walk(new HeaderCursor(bytes, fileBytes));
  } catch (error) {
    if (error instanceof NeedsMore) return error;
    throw error;
  }
}

function walk(cursor: HeaderCursor): HeaderExtent {
  if (cursor.text(4, 'the magic number') !== 'GGUF')
    throw corrupt('this is no GGUF file: it does not begin with "GGUF"');
  const version = cursor.uint32('the version');
  if ((version & 0xffff) === 0)
    throw new TabmeshError('unsupported', 'model', 'Big-endian GGUF files are not supported.');
  if (version !== 2 && version !== 3)
    throw new TabmeshError(
      'unsupported',
      'model',
      `GGUF version ${version} is not supported, only 2 and 3 are.`,
    );
  // A tensor info takes 8 + 1 + 4 + 8 + 4 + 8 bytes or more, a metadata entry 8 + 1 + 4 + 1.
  const tensors = cursor.count('tensors', tensorCountMax, 33);
  const entries = cursor.count('metadata entries', metadataEntriesMax, 14);
  const lastStrings: LastString[] = [];
  const alignment = walkMetadata(cursor, entries, lastStrings);
  const spans = walkTensors(cursor, tensors, alignment);
  const dataOffset = Math.ceil(cursor.at / alignment) * alignment;
  checkSpans(spans, dataOffset, cursor.fileBytes);
  return { headerBytes: cursor.at, dataOffset, lastStrings };
}

function walkMetadata(cursor: HeaderCursor, entries: number, lastStrings: LastString[]): number {
  const seen = new Set<string>();
  let alignment = 32;
  let elements = 0;
  for (let entry = 0; entry < entries; entry++) {
    const key = cursor.string(`the key of metadata entry ${entry}`, metadataKeyBytesMax);
    if (key === '' || key === '__proto__') throw corrupt(`metadata entry ${entry} has no usable key`);
    if (seen.has(key)) throw corrupt(`metadata key ${key} occurs twice`);
    seen.add(key);
    const type = cursor.uint32(key);
    if (type === typeArray) elements += walkArray(cursor, key, metadataElementsMax - elements, lastStrings);
    else if (key === 'general.alignment' && type !== typeUint32) throw corrupt(`${key} is no 32-bit number`);
    else if (key === 'general.alignment') alignment = cursor.uint32(key);
    else if (type === typeString) cursor.skipString(key);
    else cursor.skip(sizeOf(type, key), key);
  }
  if (alignment < 1 || alignment > 65536 || (alignment & (alignment - 1)) !== 0)
    throw corrupt(`general.alignment is ${alignment}, not a power of two up to 65536`);
  return alignment;
}

function walkArray(
  cursor: HeaderCursor,
  key: string,
  elementsLeft: number,
  lastStrings: LastString[],
): number {
  const type = cursor.uint32(key);
  if (type === typeArray)
    throw new TabmeshError('unsupported', 'model', `Arrays of arrays are not supported (${key}).`);
  const size = type === typeString ? 8 : sizeOf(type, key);
  const count = cursor.count(`elements of ${key}`, Math.min(metadataArrayMax, elementsLeft), size);
  if (type !== typeString) cursor.skip(count * size, key);
  else if (count > 0) {
    let length = 0;
    for (let index = 0; index < count; index++) length = cursor.skipString(key);
    lastStrings.push({ key, start: cursor.at - length, end: cursor.at });
  }
  return count;
}

function sizeOf(type: number, key: string): number {
  const size = valueBytes[type] ?? 0;
  if (size === 0) throw corrupt(`${key} has the unknown value type ${type}`);
  return size;
}

interface Span {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

function walkTensors(cursor: HeaderCursor, count: number, alignment: number): Span[] {
  const seen = new Set<string>();
  const spans: Span[] = [];
  for (let index = 0; index < count; index++) {
    const name = cursor.string(`the name of tensor ${index}`, tensorNameBytesMax);
    if (name === '') throw corrupt(`tensor ${index} has no name`);
    if (seen.has(name)) throw corrupt(`tensor ${name} occurs twice`);
    seen.add(name);
    const dimensions = cursor.uint32(name);
    if (dimensions < 1 || dimensions > 4) throw corrupt(`tensor ${name} has ${dimensions} dimensions`);
    let weights = 1;
    let columns = 0;
    for (let dimension = 0; dimension < dimensions; dimension++) {
      const length = cursor.uint64(name);
      if (length < 1) throw corrupt(`tensor ${name} has a dimension of length 0`);
      if (dimension === 0) columns = length;
      weights *= length;
      // No type has more than 8 weights a byte, so this many cannot be in the file.
      if (weights > cursor.fileBytes * 8) throw corrupt(`tensor ${name} is larger than the file`);
    }
    const type = tensorTypeName(cursor.uint32(name));
    if (!isTensorType(type))
      throw new TabmeshError(
        'unsupported',
        'model',
        `Tensor ${name} has the type ${type}, which is not supported. Supported are ${Object.keys(blockLayouts).join(', ')}.`,
      );
    const block = blockLayouts[type];
    if (columns % block.weights !== 0)
      throw corrupt(`tensor ${name} has rows of ${columns} weights, which ${type} cannot hold`);
    const start = cursor.uint64(name);
    if (start % alignment !== 0)
      throw corrupt(`tensor ${name} begins off the alignment of ${alignment} bytes`);
    spans.push({ name, start, end: start + (weights / block.weights) * block.bytes });
  }
  return spans;
}

function checkSpans(spans: Span[], dataOffset: number, fileBytes: number): void {
  spans.sort((a, b) => a.start - b.start);
  spans.forEach((span, index) => {
    const next = spans[index + 1];
    if (next !== undefined && next.start < span.end)
      throw corrupt(`tensors ${span.name} and ${next.name} overlap`);
    if (dataOffset + span.end > fileBytes)
      throw corrupt(
        `the file has ${fileBytes} bytes, but tensor ${span.name} ends at ${dataOffset + span.end}; is the file incomplete?`,
      );
  });
}
