/** Every buffer, queue, count and wait has a limit with its unit in its name. */
import { GiB, KiB, MiB } from './bytes.ts';

// Model files
export const fileBytesMax = 1024 * GiB;
/** Qwen headers are about 6 MB because the vocabulary is inside; the largest known are near 40 MB. */
export const headerBytesMax = 48 * MiB;
export const metadataStringBytesMax = 4 * MiB;
export const tensorCountMax = 100_000;
export const layerCountMax = 1024;
export const vocabularyMax = 1_048_576;
/** DESIGN section 4: 8 to 32 MB a range. */
export const chunkBytesMax = 8 * MiB;
export const fetchTriesMax = 5;
export const fetchStallMs = 30_000;

// Engine
export const sessionsPerStageMax = 64;
export const rowsPerForwardMax = 512;
export const contextPositionsMax = 131_072;

// Wire
export const frameBytesMax = 16 * KiB;
export const controlMessageBytesMax = 64 * KiB;
export const podMembersMax = 32;
export const peerNameBytesMax = 64;
export const inviteCharactersMax = 4096;

// Waits
export const dialMs = 15_000;
export const handshakeMs = 10_000;
export const heartbeatEveryMs = 1_000;
/** A departure without a goodbye is seen within this. */
export const heartbeatSilenceMs = 4_000;
export const stageLoadMs = 600_000;
/** One pass of one chunk of rows through the whole chain; a slow CPU with a large slice needs seconds. */
export const stepMs = 60_000;
/** How often one answer may be taken over by other peers before it fails. */
export const takeoversMax = 8;

// Requests
export const requestBodyBytesMax = 1 * MiB;
export const messagesMax = 1024;
export const stopSequencesMax = 16;
export const concurrentRequestsMax = 32;
