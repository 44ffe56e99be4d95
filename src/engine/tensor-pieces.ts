/** Tensors on their way to a device: some rows at a time, so that none lies in memory twice. */
import { free } from '../base/bytes.ts';
import { TabmeshError } from '../base/error.ts';
import { tensorPieceBytes } from '../base/limits.ts';
import { rowsOf, type TensorInfo, type TensorReader } from '../model/model.ts';

/** Whole rows of a tensor, as they stand in the file. The bytes are freed when the next piece is asked for. */
export interface Piece {
  /** Number of the first row. */
  readonly first: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The kernels of the CPU pack four rows together, those of the GPU two. */
const rowsTogether = 4;

/**
 * All rows in order. Each piece but the last has the same number of them, a multiple of four. Throws what `read` throws, and
 * TabmeshError('corrupt', 'engine') where it brings another number of bytes.
 */
export async function* readPieces(
  tensor: TensorInfo,
  read: TensorReader,
  signal?: AbortSignal,
): AsyncGenerator<Piece, void, void> {
  const { name, bytes: total } = tensor;
  const rowBytes = total / rowsOf(tensor);
  const most = rowsTogether * Math.max(1, Math.floor(tensorPieceBytes / rowBytes / rowsTogether)) * rowBytes;
  for (let start = 0; start < total; start += most) {
    const end = Math.min(total, start + most);
    const bytes = await read(name, { start, end }, signal);
    signal?.throwIfAborted();
    if (bytes.length !== end - start) {
      const reason = `${name} came with ${bytes.length} bytes in place of ${end - start}. Fetch the model again.`;
      throw new TabmeshError('corrupt', 'engine', reason);
    }
    yield { first: start / rowBytes, bytes };
    free(bytes);
  }
}

/** For tensors that stay on the CPU as they are. */
export async function joinPieces(
  { bytes: total }: TensorInfo,
  pieces: AsyncIterable<Piece>,
): Promise<Uint8Array<ArrayBuffer>> {
  const joined = new Uint8Array(total);
  let filled = 0;
  for await (const { bytes } of pieces) {
    joined.set(bytes, filled);
    filled += bytes.length;
  }
  return joined;
}
