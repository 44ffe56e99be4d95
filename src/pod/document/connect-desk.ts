import * as Comlink from 'comlink';
import type { Clock } from '../../base/clock.ts';
import { within } from '../../base/deadline.ts';
import { TabmeshError } from '../../base/error.ts';
import { documentCallMs, documentKiBMs, stateWorkerStartMs } from '../../base/limits.ts';
import { carryErrors } from '../../engine/remote/errors-over-comlink.ts';
import { type EnginePort, onDeath, terminate, toEndpoint } from '../../engine/remote/port.ts';
import type { Desk } from './desk.ts';

interface Line {
  readonly desk: Desk;
  /** Aborts when the worker is gone. */
  readonly gone: AbortSignal;
  end(reason: TabmeshError): void;
}

/**
 * A desk in a worker, which starts with the first call. Where the worker dies, or has to be ended since it never answers, the next
 * call has a new one, in which nothing is open. Calls wait for each other here, so that the time that one may take is its own: an
 * update which takes longer is refused as 'corrupt', for it never comes to an end where a library loops over it; any other call
 * rejects with TabmeshError('timeout', 'pod'), and with 'lost' where the worker died.
 */
export function connectDesk(start: () => EnginePort, clock: Clock): Desk {
  carryErrors();
  let line: Line | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const ask = async <T>(ms: number, late: () => TabmeshError, make: (desk: Desk) => Promise<T>) => {
    if (!line || line.gone.aborted) line = connect(start());
    const { desk, gone, end } = line;
    const ended = () => {
      const reason = late();
      end(reason);
      return reason;
    };
    return within(clock, ms, ended, () => make(desk), gone);
  };
  const call = <T>(make: (desk: Desk) => Promise<T>, ms = documentCallMs, late = unanswered): Promise<T> => {
    const answer = last.then(() => ask(ms, late, make));
    last = answer.catch(() => {});
    return answer;
  };
  return {
    open: (handle, pod, self, snapshot) =>
      call(desk => desk.open(handle, pod, self, snapshot), stateWorkerStartMs + readingMs(snapshot?.length)),
    add: (...given) => call(desk => desk.add(...given)),
    merge: (handle, update) =>
      call(desk => desk.merge(handle, update), documentCallMs + readingMs(update.length), endless),
    updateFor: (...given) => call(desk => desk.updateFor(...given)),
    forksWith: (...given) => call(desk => desk.forksWith(...given)),
    sealedAt: (...given) => call(desk => desk.sealedAt(...given)),
    close: (...given) => call(desk => desk.close(...given)),
  };
}

function connect(port: EnginePort): Line {
  const gone = new AbortController();
  const line: Line = {
    desk: Comlink.wrap<Desk>(toEndpoint(port)) as unknown as Desk,
    gone: gone.signal,
    end: reason => {
      if (gone.signal.aborted) return;
      gone.abort(reason);
      void terminate(port);
    },
  };
  const lost = "The worker that keeps the pod's document ended. It starts anew with what is stored.";
  onDeath(port, () => line.end(new TabmeshError('lost', 'pod', lost)));
  return line;
}

const readingMs = (bytes = 0): number => (bytes / 1024) * documentKiBMs;

const unanswered = () =>
  new TabmeshError(
    'timeout',
    'pod',
    "The worker that keeps the pod's document did not answer and was ended. It starts anew with what is stored.",
  );
const endless = () => new TabmeshError('corrupt', 'pod', 'Reading it came to no end.');
