import type { Endpoint } from 'comlink';

/** A worker of Node (worker_threads) or its parentPort, by what is used of them, so that browsers need no Node types. */
export interface NodePort {
  postMessage(message: unknown, transfer?: never): void;
  on(event: string, listener: (value: unknown) => void): unknown;
  off(event: string, listener: (value: unknown) => void): unknown;
  terminate?(): Promise<unknown>;
}
export type EnginePort = Worker | MessagePort | NodePort;

/** Comlink speaks to event targets; Node's workers are event emitters. */
export function toEndpoint(port: EnginePort | Endpoint): Endpoint {
  if ('addEventListener' in port) return port;
  const wrapped = new Map<unknown, (data: unknown) => void>();
  return {
    postMessage: (message, transfer) => port.postMessage(message, transfer as never),
    addEventListener(type, listener) {
      const call = (data: unknown) => {
        const event = { data } as MessageEvent;
        if (typeof listener === 'function') listener(event);
        else listener.handleEvent(event);
      };
      wrapped.set(listener, call);
      port.on(type, call);
    },
    removeEventListener(type, listener) {
      const call = wrapped.get(listener);
      if (call) port.off(type, call);
      wrapped.delete(listener);
    },
  };
}

/** Calls back with a sentence when the other side is gone: a worker that failed or ended, a port that closed. */
export function onDeath(port: EnginePort, listener: (sentence: string) => void): void {
  const failed = (error: unknown) => {
    const { message } = error as { message?: string };
    listener(`The engine's worker failed: ${message || 'its script could not be loaded or run'}.`);
  };
  const ended = () => listener("The engine's worker ended.");
  if ('addEventListener' in port) {
    port.addEventListener('error', failed);
    // Not every browser tells of a closed port yet; a dedicated worker that fails always fires 'error'.
    port.addEventListener('close', ended);
  } else {
    port.on('error', failed);
    port.on('exit', ended);
  }
}

export async function terminate(port: EnginePort): Promise<void> {
  if ('terminate' in port) await port.terminate?.();
  else if ('close' in port) port.close();
}
