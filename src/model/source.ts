/**
 * Where a model's bytes come from. Implementations: http-source (a URL, the Hub), blob-source (a dropped File, a
 * file opened as Blob in Node), and later other peers.
 */
export interface ByteSource {
  /**
   * Names the bytes for the slice store and for other peers, e.g. "hub:Qwen/Qwen3-0.6B-GGUF/Qwen3-0.6B-Q8_0.gguf".
   * Two sources with one id have equal bytes.
   */
  readonly id: string;
  /** Whether another peer could open the same `id`. */
  readonly shareable: boolean;
  /** Bytes of the whole file. */
  size(signal?: AbortSignal): Promise<number>;
  /** Exactly the bytes [start, end), or a TabmeshError('unavailable' | 'not-found' | 'corrupt', 'model'). */
  read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}
