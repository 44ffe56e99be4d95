import { must } from '../base/assert.ts';
import type { Model, TensorReader } from './model.ts';

/**
 * Where a model's bytes come from. Implementations: http-source (a URL, the Hub), blob-source (a dropped File, a
 * file opened as Blob in Node), and other members of a pod (pod/member-source).
 */
export interface ByteSource {
  /**
   * Names the bytes for the slice store and for other peers, e.g. "hub:Qwen/Qwen3-0.6B-GGUF/Qwen3-0.6B-Q8_0.gguf".
   * Two sources with one id have equal bytes.
   */
  readonly id: string;
  /** File name, for people. */
  readonly name: string;
  /** Whether another peer could open the same `id`. */
  readonly shareable: boolean;
  /** Whether the bytes are on this machine already, so that keeping another copy is waste. */
  readonly local: boolean;
  /** Whether the bytes come from other members alone, each checked against the id. */
  readonly members?: boolean;
  /**
   * Another file of the same folder, for models in several files; missing where the source is a lone file. Throws
   * TabmeshError('not-found', 'model') where the folder is known not to have it.
   */
  readonly sibling?: (name: string) => Promise<ByteSource>;
  /** The same file with nothing remembered of it, for sources that hold every answer against the first. */
  readonly fresh?: () => ByteSource;
  /** Bytes of the whole file. */
  size(signal?: AbortSignal): Promise<number>;
  /** Changes when the bytes behind the id change (an ETag); empty where the source cannot tell. */
  version(signal?: AbortSignal): Promise<string>;
  /**
   * Exactly the bytes [start, end), or a TabmeshError('unavailable' | 'not-found' | 'denied' | 'corrupt', 'model').
   * `onBytes` hears of every few bytes as they arrive, each counted once, and where they gather in one buffer gets all
   * of the range that is there by now.
   */
  read(start: number, end: number, signal?: AbortSignal, onBytes?: OnBytes): Promise<Uint8Array<ArrayBuffer>>;
}

export type OnBytes = (count: number, arrived?: Uint8Array<ArrayBuffer>) => void;

/** Reads tensors where they lie in the source, and keeps nothing. */
export const sourceReader =
  (source: ByteSource, model: Model): TensorReader =>
  (name, { start, end }, signal) => {
    const { offset } = must(model.tensors.get(name), `no tensor ${name}`);
    return source.read(offset + start, offset + end, signal);
  };
