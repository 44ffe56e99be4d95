import type { Connection } from '@libp2p/interface';
import { type PathReport, pathOf } from './candidate-path.ts';
import { peerConnectionOf } from './webrtc.ts';

type Traffic = Pick<PathReport, 'bytesSent' | 'bytesReceived'>;

/** How each WebRTC connection goes, and what went over it; libp2p does not show what is underneath. */
export class Paths {
  readonly #reports = new WeakMap<Connection, PathReport>();
  /** Of stripes that have closed, by the connection that they stood beside. */
  readonly #past = new WeakMap<Connection, Traffic>();

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

  rttMs(connection: Connection): number | undefined {
    return this.#reports.get(connection)?.rttMs;
  }

  /** What went over stripes beside it counts with it. */
  of(connection: Connection, stripes: readonly Connection[]): Partial<Omit<PathReport, 'rttMs'>> {
    const report = this.#reports.get(connection);
    if (!report) return {};
    const others = [this.#past.get(connection), ...stripes.map(each => this.#reports.get(each))];
    const sum = (of: (each: Traffic) => number) =>
      others.reduce((all, each) => all + (each ? of(each) : 0), of(report));
    return {
      path: report.path,
      bytesSent: sum(each => each.bytesSent),
      bytesReceived: sum(each => each.bytesReceived),
    };
  }

  /** A stripe has closed: what went over it goes on to count with the connection that it stood beside. */
  handOn(stripe: Connection, to: Connection): void {
    const [before, report] = [this.#past.get(to), this.#reports.get(stripe)];
    if (!report) return;
    const { bytesSent, bytesReceived } = report;
    this.#past.set(to, {
      bytesSent: bytesSent + (before?.bytesSent ?? 0),
      bytesReceived: bytesReceived + (before?.bytesReceived ?? 0),
    });
  }
}

function reportsOf(stats: RTCStatsReport): unknown[] {
  const reports: unknown[] = [];
  stats.forEach(report => void reports.push(report));
  return reports;
}
