import type { Connection, Libp2p, StreamMessageEvent } from '@libp2p/interface';
import type { Clock } from '../../base/clock.ts';
import { pulseEveryMs, pulsePings, pulseSilenceMs } from '../../base/limits.ts';
import { endConnection } from './end-connection.ts';

const ping = '/ipfs/ping/1.0.0';
const pingBytes = 32;

/**
 * Measures every connection at once when it opens and then every `pulseEveryMs`, and ends those that were silent
 * twice. It stands in for libp2p's connection monitor, which aborts on the first late ping (36 to 62 needless
 * disconnects an hour: https://github.com/libp2p/js-libp2p/pull/3463) and measures in whole milliseconds.
 */
export class Pulse {
  readonly #node: Libp2p;
  readonly #clock: Clock;
  readonly #onMeasured: (connection: Connection) => void;
  readonly #onBeat: () => void;
  readonly #rttMs = new WeakMap<Connection, number>();
  readonly #silences = new WeakMap<Connection, number>();
  readonly #measuring = new WeakSet<Connection>();
  #cancel: () => void;

  constructor(options: {
    node: Libp2p;
    clock: Clock;
    onMeasured: (connection: Connection) => void;
    onBeat: () => void;
  }) {
    this.#node = options.node;
    this.#clock = options.clock;
    this.#onMeasured = options.onMeasured;
    this.#onBeat = options.onBeat;
    this.#cancel = this.#clock.after(pulseEveryMs, () => this.#beat());
  }

  rttMs(connection: Connection): number | undefined {
    return this.#rttMs.get(connection);
  }

  async measure(connection: Connection): Promise<void> {
    if (this.#measuring.has(connection)) return;
    this.#measuring.add(connection);
    try {
      this.#rttMs.set(connection, await this.#roundTrip(connection));
      this.#silences.delete(connection);
      this.#onMeasured(connection);
    } catch {
      const silences = (this.#silences.get(connection) ?? 0) + 1;
      this.#silences.set(connection, silences);
      if (silences > 1) void endConnection(connection);
    } finally {
      this.#measuring.delete(connection);
    }
  }

  stop(): void {
    this.#cancel();
  }

  #beat(): void {
    for (const connection of this.#node.getConnections()) void this.measure(connection);
    this.#onBeat();
    this.#cancel = this.#clock.after(pulseEveryMs, () => this.#beat());
  }

  async #roundTrip(connection: Connection): Promise<number> {
    const signal = AbortSignal.timeout(pulseSilenceMs);
    const stream = await connection.newStream(ping, { signal, runOnLimitedConnection: true });
    let answered = () => {};
    let received = 0;
    stream.addEventListener('message', (event: StreamMessageEvent) => {
      received += event.data.byteLength;
      if (received % pingBytes === 0) answered();
    });
    const ended = new Promise<never>((_, reject) => {
      stream.addEventListener('close', () => reject(new Error('The connection closed under a ping.')));
      signal.addEventListener('abort', () => reject(signal.reason));
    });
    // `send` below may throw first; then nobody waits for it.
    ended.catch(() => {});
    try {
      let shortest = Infinity;
      for (let count = 0; count < pulsePings; count++) {
        const answer = new Promise<void>(resolve => (answered = resolve));
        const sentAt = this.#clock.now();
        stream.send(crypto.getRandomValues(new Uint8Array(pingBytes)));
        await Promise.race([answer, ended]);
        shortest = Math.min(shortest, this.#clock.now() - sentAt);
      }
      return shortest;
    } finally {
      stream.close({ signal }).catch(error => stream.abort(error));
    }
  }
}
