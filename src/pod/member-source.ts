import type { ModelId, PeerId } from '../base/brand.ts';
import { equalBytes } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { TabmeshError, toError } from '../base/error.ts';
import { manifestBytesMax } from '../base/limits.ts';
import type { ByteSource } from '../model/source.ts';
import type { Network } from '../network/network.ts';
import { contentId, type SharedFiles } from './shared-files.ts';
import { SliceLine } from './slice-line.ts';
import type { SliceMarks } from './slice-marks.ts';
import { decodeManifest, type Manifest } from './slice-message.ts';

export interface MemberSourceParts {
  readonly network: Network;
  readonly clock: Clock;
  readonly files: SharedFiles;
  readonly marks: SliceMarks;
  readonly members: () => readonly PeerId[];
  /** File name, for people. */
  readonly name: string;
}

type Part = Manifest['parts'][number];

/**
 * A file that a member shares, read from whoever has it. Its id is the hash of its manifest, so no member is believed
 * anything: what does not fit is refused and asked of the next.
 */
export function memberSource(id: ModelId, parts: MemberSourceParts): ByteSource {
  const { files, marks, name } = parts;
  let last: { part: Part; bytes: Uint8Array<ArrayBuffer> } | undefined;

  const ask = async <T>(
    signal: AbortSignal | undefined,
    work: (line: SliceLine, limit: AbortSignal) => Promise<T>,
  ) => {
    for (const peer of parts.members()) {
      if (marks.rests(peer)) continue;
      const end = new AbortController();
      const limit = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
      let line: SliceLine | undefined;
      try {
        line = await SliceLine.open(parts.network, parts.clock, peer, limit);
        return await work(line, limit);
      } catch (error) {
        signal?.throwIfAborted();
        if (toError(error, 'pod').kind === 'corrupt') marks.wrong(peer, name);
      } finally {
        line?.close();
      }
    }
    const reason = `Nobody who is here now has ${name}. It comes back when the page of its owner is open, with the file.`;
    throw new TabmeshError('unavailable', 'pod', reason);
  };

  const manifest = async (signal?: AbortSignal): Promise<Manifest> => {
    const known = files.manifest(id);
    if (known) return known;
    return ask(signal, async (line, limit) => {
      const encoded = await line.manifest(id, manifestBytesMax, limit);
      if ((await contentId(encoded)) !== id)
        throw new TabmeshError('corrupt', 'pod', 'This is the manifest of another file.');
      const decoded = decodeManifest(encoded);
      files.learn(id, decoded, encoded);
      return decoded;
    });
  };

  /** The last one is kept: a header is read in several steps. */
  const whole = async (part: Part, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> => {
    if (last?.part === part) return last.bytes;
    const bytes = await ask(signal, async (line, limit) => {
      const got = await line.chunk(id, part, limit, () => {});
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', got));
      if (!equalBytes(hash, part.hash)) throw new TabmeshError('corrupt', 'pod', 'These are other bytes.');
      return got;
    });
    last = { part, bytes };
    return bytes;
  };

  return {
    id,
    name,
    shareable: true,
    local: false,
    members: true,
    size: async signal => (await manifest(signal)).fileBytes,
    version: async () => '',
    async read(start, end, signal, onBytes) {
      const bytes = new Uint8Array(end - start);
      for (const part of (await manifest(signal)).parts) {
        const [from, to] = [Math.max(start, part.start), Math.min(end, part.end)];
        if (from >= to) continue;
        const got = await whole(part, signal);
        bytes.set(got.subarray(from - part.start, to - part.start), from - start);
        onBytes?.(to - from);
      }
      return bytes;
    },
  };
}
