/** What pages of this origin ask under v1/, where no gateway serves it: the service worker (workers/service-worker.ts) hands it to a tab. */
import type { Answered, Asked, AskedRequest, ToTab } from '../../workers/service-worker.ts';
import type { Api } from '../api/openai.ts';
import type { Peer } from '../peer/peer.ts';

/** Loads nothing before it is asked. */
export function answerPages(container: ServiceWorkerContainer, starting: Promise<Peer>): void {
  let api: Promise<Api> | undefined;
  const openApi = async ({ router }: Peer) => (await import('../api/openai.ts')).createApi(router);
  container.addEventListener('message', async ({ data, ports: [port] }: MessageEvent<ToTab>) => {
    if (data !== 'who answers?' || !port) return;
    say(port, { kind: 'starting' });
    try {
      const peer = await starting;
      api ??= openApi(peer);
      listen(port, await api);
      say(port, { kind: 'ready', slot: peer.slot });
    } catch {
      api = undefined;
      say(port, { kind: 'never' });
    }
  });
}

const say = (port: MessagePort, message: Answered, transfer: Transferable[] = []): void =>
  port.postMessage(message, transfer);

/** One request and its answer. */
function listen(port: MessagePort, api: Api): void {
  const client = new AbortController();
  let pieces: ReadableStreamDefaultReader<Uint8Array> | undefined;
  const stop = () => {
    client.abort();
    pieces?.cancel().catch(() => {});
    port.close();
  };
  const more = async () => {
    try {
      const next = await pieces?.read();
      // A copy, whose buffer can be handed over whole.
      const bytes = next?.value?.slice() as Uint8Array<ArrayBuffer> | undefined;
      if (bytes) say(port, { kind: 'piece', bytes }, [bytes.buffer]);
      else say(port, { kind: 'end' });
    } catch {
      say(port, { kind: 'broken' });
    }
  };
  port.onmessage = async ({ data }: MessageEvent<Asked>) => {
    if (data === 'stop') return stop();
    if (data === 'more') return more();
    const { status, headers, body } = await api.handle(requestOf(data, client.signal));
    pieces = body?.getReader();
    say(port, { kind: 'head', status, headers: [...headers] });
  };
}

const requestOf = ({ url, method, headers, body }: AskedRequest, signal: AbortSignal): Request =>
  new Request(url, {
    method,
    headers,
    signal,
    body: body ?? null,
  });
