import type { Connection } from '@libp2p/interface';
import { type PathReport, pathOf } from './candidate-path.ts';
import { peerConnectionOf } from './webrtc.ts';

/** How each WebRTC connection goes, and what went over it; libp2p does not show what is underneath. */
export class Paths {
  readonly #reports = new WeakMap<Connection, PathReport>();

  /** Resolves when the browser has told. */
  async look(connection: Connection): Promise<void> {
    try {
      const stats = await peerConnectionOf(connection)?.getStats();
      const report = stats && pathOf(reportsOf(stats));
      if (report) this.#reports.set(connection, report);
    } catch {
      // A connection that has just closed has no statistics; the last ones stay.
    }
  }

  of(connection: Connection): Partial<PathReport> {
    return this.#reports.get(connection) ?? {};
  }
}

function reportsOf(stats: RTCStatsReport): unknown[] {
  const reports: unknown[] = [];
  stats.forEach(report => void reports.push(report));
  return reports;
}
