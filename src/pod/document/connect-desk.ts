import * as Comlink from 'comlink';
import { TabmeshError } from '../../base/error.ts';
import { carryErrors } from '../../engine/remote/errors-over-comlink.ts';
import type { Desk } from './desk.ts';

/**
 * A desk in a worker, which starts with the first call. Where the worker dies, what is under way rejects with
 * TabmeshError('lost', 'pod') and the next call has a new one, in which nothing is open.
 */
export function connectDesk(start: () => Worker): Desk {
  carryErrors();
  let line: { readonly desk: Desk; readonly dead: Promise<never> } | undefined;
  const connect = () => {
    const worker = start();
    const { promise: dead, reject } = Promise.withResolvers<never>();
    dead.catch(() => {});
    const die = ({ message }: ErrorEvent) => {
      line = undefined;
      worker.terminate();
      const why = message || 'its script could not be loaded or run';
      reject(new TabmeshError('lost', 'pod', `The worker that keeps the pod's document failed: ${why}.`));
    };
    worker.addEventListener('error', die);
    return { desk: Comlink.wrap<Desk>(worker) as unknown as Desk, dead };
  };
  const call = <T>(make: (desk: Desk) => Promise<T>): Promise<T> => {
    line ??= connect();
    return Promise.race([make(line.desk), line.dead]);
  };
  return {
    open: (...given) => call(desk => desk.open(...given)),
    add: (...given) => call(desk => desk.add(...given)),
    merge: (...given) => call(desk => desk.merge(...given)),
    updateFor: (...given) => call(desk => desk.updateFor(...given)),
    forksWith: (...given) => call(desk => desk.forksWith(...given)),
    sealedAt: (...given) => call(desk => desk.sealedAt(...given)),
    close: (...given) => call(desk => desk.close(...given)),
  };
}
