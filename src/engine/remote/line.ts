import * as Comlink from 'comlink';
import { TabmeshError } from '../../base/error.ts';
import { type EnginePort, onDeath, terminate, toEndpoint } from './port.ts';
import type { EngineService, PartId } from './serve-engine.ts';

export type Service = Comlink.Remote<EngineService>;

/** The port, and what waits for an answer on it: comlink itself would wait for a dead worker for ever. */
export class Line {
  readonly lost: Promise<string>;
  readonly #service: Service;
  readonly #port: EnginePort;
  readonly #pending = new Set<(error: TabmeshError) => void>();
  #end: TabmeshError | undefined;
  #parts = 0;

  constructor(port: EnginePort) {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.lost = promise;
    this.#port = port;
    this.#service = Comlink.wrap<EngineService>(toEndpoint(port));
    const die = (sentence: string) => {
      if (this.#end) return;
      resolve(sentence);
      void this.end(new TabmeshError('lost', 'engine', sentence));
    };
    onDeath(port, die);
    this.#service.lost().then(die, () => {
      // No engine, no device to lose: `device` tells why.
    });
  }

  nextPart(): PartId {
    return this.#parts++;
  }

  call<T>(make: (service: Service) => Promise<T>): Promise<T> {
    if (this.#end) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      this.#pending.add(reject);
      make(this.#service)
        .then(resolve, reject)
        .finally(() => this.#pending.delete(reject));
    });
  }

  async end(reason: TabmeshError): Promise<void> {
    if (this.#end) return;
    this.#end = reason;
    for (const reject of this.#pending) reject(reason);
    await terminate(this.#port);
  }
}
