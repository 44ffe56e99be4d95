import type { Connection, Stream } from '@libp2p/interface';
import { copyRoundTripMs } from '../../base/limits.ts';
import { Lane } from './lane.ts';
import type { Copies } from './stream-channel.ts';
import { peerConnectionOf } from './webrtc.ts';

/** One lane beside each WebRTC connection that has urgent streams. */
export class Lanes {
  readonly #rttMs: (connection: Connection) => number | undefined;
  readonly #lanes = new WeakMap<Connection, Lane>();

  constructor(rttMs: (connection: Connection) => number | undefined) {
    this.#rttMs = rttMs;
  }

  /** Undefined where the connection is no WebRTC. */
  copiesOf(connection: Connection, stream: Stream): Copies | undefined {
    const lane = this.#laneOf(connection);
    // libp2p names a stream by the number of its data channel, which is the same on both sides.
    const id = Number(stream.id);
    if (!lane || !Number.isInteger(id)) return undefined;
    return {
      send: (number, message) => {
        if ((this.#rttMs(connection) ?? 0) >= copyRoundTripMs) lane.copy(id, number, message);
      },
      receive: call => lane.join(id, call),
      end: () => lane.leave(id),
    };
  }

  #laneOf(connection: Connection): Lane | undefined {
    const known = this.#lanes.get(connection);
    const peerConnection = known ? undefined : peerConnectionOf(connection);
    if (!peerConnection) return known;
    try {
      const lane = new Lane(peerConnection);
      this.#lanes.set(connection, lane);
      return lane;
    } catch {
      // It has just ended.
      return undefined;
    }
  }
}
