/**
 * The service worker: keeps the files of the app, so that it opens with no network, isolates its pages (COOP, COEP) on hosts that send no
 * headers for it, and hands what pages ask under v1/ to a tab's peer where no gateway serves it. A newer one waits until a tab says that it
 * may take over. Models are not its business: the page keeps them itself.
 */
export type ToServiceWorker = 'take over';

/** To each tab, with a port of its own for all that follows. */
export type ToTab = 'who answers?';
/** Over that port to the tab that was chosen: the request, then a word for each piece of the answer, or that nobody wants more. */
export type Asked = AskedRequest | 'more' | 'stop';
export interface AskedRequest {
  /** As if the app lay at the root of its host: routes are those of a gateway, which does. */
  readonly url: string;
  readonly method: string;
  readonly headers: [string, string][];
  readonly body?: ArrayBuffer;
}
/** Over it from a tab: that its peer starts, that it can answer, or never will; then the answer. */
export type Answered =
  | { readonly kind: 'starting' | 'never' | 'end' | 'broken' }
  | { readonly kind: 'ready'; readonly slot: number }
  | {
      readonly kind: 'head';
      readonly status: number;
      readonly headers: [string, string][];
    }
  | { readonly kind: 'piece'; readonly bytes: Uint8Array<ArrayBuffer> };

/** Put in by vite.config.ts, without what few people need. `files` are relative to the scope; those under assets/ have a hash in their names. */
declare const SHELL: { readonly version: string; readonly files: readonly string[] };

/** What TypeScript knows of service workers contradicts what it knows of pages, so this is the part that is used. */
interface LastingEvent {
  waitUntil(work: Promise<unknown>): void;
}
interface RequestEvent extends LastingEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Tab {
  readonly id: string;
  readonly url: string;
  focus(): Promise<unknown>;
  postMessage(message: ToTab, transfer: readonly Transferable[]): void;
}
interface NoticeEvent extends LastingEvent {
  readonly notification: Notification;
}
interface Scope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    claim(): Promise<void>;
    get(id: string): Promise<Tab | undefined>;
    openWindow(url: string): Promise<unknown>;
    matchAll(of: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly Tab[]>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: LastingEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: RequestEvent) => void): void;
  addEventListener(type: 'notificationclick', listener: (event: NoticeEvent) => void): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToServiceWorker>) => void): void;
}

const worker = self as unknown as Scope;
const { version, files } = SHELL;
const { scope } = worker.registration;
/** Two copies of the app may live on one host. */
const family = `tabmesh ${scope} `;
const page = './';
const apiPrefix = new URL('v1/', scope).href;
const gatewayMs = 3_000;
/** `requestBodyBytesMax` of src/base/limits.ts: what it imports would make it more than one file. */
const bodyBytesMax = 1_048_576;
/** A page that is no tab of Tabmesh never answers. */
const tabMs = 1_000;
const startMs = 60_000;
/** A tab that crashes says nothing, so it is looked for at this pace. */
const lookEveryMs = 1_000;

worker.addEventListener('install', event => event.waitUntil(fill()));
worker.addEventListener('activate', event => event.waitUntil(takeOver()));
worker.addEventListener('message', ({ data }) => {
  if (data === 'take over') void worker.skipWaiting();
});
worker.addEventListener('notificationclick', event => {
  event.notification.close();
  event.waitUntil(showModels());
});
worker.addEventListener('fetch', event => {
  if (event.request.url.startsWith(apiPrefix)) {
    const { promise, resolve } = Promise.withResolvers<void>();
    // A worker may be stopped once it has given the headers, so it says that the rest still comes.
    event.waitUntil(promise);
    event.respondWith(answerApi(event.request, resolve));
    return;
  }
  const file = shellFile(event.request);
  if (file !== undefined) event.respondWith(answer(event.request, file));
});

/** Notices are of downloads (src/app/stores/notices.svelte.ts). A tab that is there stays as it is. */
async function showModels(): Promise<void> {
  const tabs = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const tab = tabs.find(({ url }) => shellFile({ method: 'GET', url }) === page);
  await (tab ? tab.focus() : worker.clients.openWindow(`${scope}#/models`));
}

/** All files or none. */
async function fill(): Promise<void> {
  const cache = await caches.open(family + version);
  const request = (file: string) =>
    new Request(new URL(file, scope), { cache: isHashed(file) ? 'default' : 'no-cache' });
  await cache.addAll(files.map(request));
}

async function takeOver(): Promise<void> {
  // Tabs of the version before still load parts of it.
  const older = (await caches.keys()).filter(name => name.startsWith(family)).slice(0, -2);
  await Promise.all(older.map(name => caches.delete(name)));
  await worker.clients.claim();
}

/** Undefined for what is none: the API, models, other hosts. */
function shellFile({ method, url }: Pick<Request, 'method' | 'url'>): string | undefined {
  if (method !== 'GET' || !url.startsWith(scope)) return undefined;
  const path = url.slice(scope.length).replace(/[?#].*$/, '');
  if (path === '' || path === 'index.html') return page;
  return isHashed(path) || files.includes(path) ? path : undefined;
}

async function answer(request: Request, file: string): Promise<Response> {
  const url = new URL(file, scope);
  const own = await caches.open(family + version);
  const kept = await (isHashed(file) ? caches : own).match(url);
  if (kept) return isolated(kept);
  const response = await fetch(request);
  // What is for few is not in the list; whoever needed it once has it offline, too, where there is room.
  if (response.ok && isHashed(file)) own.put(url, response.clone()).catch(() => {});
  return isolated(response);
}

const isHashed = (file: string): boolean => file.startsWith('assets/');

function isolated(response: Response): Response {
  if (!response.ok) return response;
  const headers = new Headers(response.headers);
  headers.set('cross-origin-opener-policy', 'same-origin');
  headers.set('cross-origin-embedder-policy', 'require-corp');
  return new Response(response.body, { headers });
}

async function answerApi(request: Request, done: () => void): Promise<Response> {
  try {
    if (await isGatewayHere()) return await fetch(request).finally(done);
    const chosen = await firstTab();
    if (chosen) return await answerByTab(chosen, request, done);
    done();
    return refusal(
      request,
      'No tab of Tabmesh is open in this browser. Open one, leave it open, and ask again.',
    );
  } catch (error) {
    done();
    throw error;
  }
}

/** The process that served the page answers itself, where it answers this machine at all: it tells such pages its invite. */
async function isGatewayHere(): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(gatewayMs);
    const response = await fetch(new URL('tabmesh.json', scope), { cache: 'no-store', signal });
    return response.ok && (await response.json()).invite !== undefined;
  } catch {
    return false;
  }
}

interface ReadyTab {
  readonly tab: Tab;
  readonly port: MessagePort;
  readonly slot: number;
}

/** The one whose peer has the lowest identity. */
async function firstTab(): Promise<ReadyTab | undefined> {
  const tabs = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const asked = tabs.filter(({ url }) => url.startsWith(scope)).map(askTab);
  const lowest = Promise.all(asked).then(all =>
    all
      .filter(each => each !== undefined)
      .reduce<ReadyTab | undefined>((a, b) => (a && a.slot < b.slot ? a : b), undefined),
  );
  const zero = asked.map(async each => {
    const ready = await each;
    if (ready?.slot !== 0) throw new Error('another one');
    return ready;
  });
  // None has a lower one, so nobody else is waited for.
  const chosen = await Promise.any(zero).catch(() => lowest);
  for (const each of asked)
    void each.then(ready => {
      if (ready && ready !== chosen) ready.port.postMessage('stop' satisfies Asked);
    });
  return chosen;
}

function askTab(tab: Tab): Promise<ReadyTab | undefined> {
  const { port1: port, port2 } = new MessageChannel();
  const { promise, resolve } = Promise.withResolvers<ReadyTab | undefined>();
  const giveUp = () => {
    // It waits in the port for a tab that answers late.
    port.postMessage('stop' satisfies Asked);
    port.close();
    resolve(undefined);
  };
  let timer = setTimeout(giveUp, tabMs);
  port.onmessage = ({ data }: MessageEvent<Answered>) => {
    clearTimeout(timer);
    if (data.kind === 'starting') timer = setTimeout(giveUp, startMs);
    else resolve(data.kind === 'ready' ? { tab, port, slot: data.slot } : undefined);
  };
  tab.postMessage('who answers?', [port2]);
  return promise;
}

/** Rejects only where the request's own body cannot be read. */
async function answerByTab({ tab, port }: ReadyTab, request: Request, done: () => void): Promise<Response> {
  const body = /^(GET|HEAD)$/.test(request.method) ? undefined : await boundedBody(request);
  const { promise, resolve } = Promise.withResolvers<Response>();
  const say = (message: Asked, transfer: Transferable[] = []) => port.postMessage(message, transfer);
  let output: ReadableStreamDefaultController<Uint8Array> | undefined;
  let wake = () => {};
  const end = () => {
    clearInterval(look);
    port.close();
    wake();
    done();
  };
  const give = () => {
    say('stop');
    end();
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      start: controller => void (output = controller),
      pull() {
        const next = Promise.withResolvers<void>();
        wake = next.resolve;
        say('more');
        return next.promise;
      },
      cancel: give,
    },
    { highWaterMark: 0 },
  );
  const lose = () => {
    const reason = 'The tab that answered was closed. Ask again: another one takes its place.';
    resolve(refusal(request, reason));
    output?.error(new TypeError(reason));
    end();
  };
  const look = setInterval(async () => {
    if (!(await worker.clients.get(tab.id))) lose();
  }, lookEveryMs);
  port.onmessage = ({ data }: MessageEvent<Answered>) => {
    if (data.kind === 'head')
      resolve(
        new Response(stream, {
          status: data.status,
          headers: data.headers,
        }),
      );
    else if (data.kind === 'piece') {
      output?.enqueue(data.bytes);
      wake();
    } else if (data.kind === 'end') {
      output?.close();
      end();
    } else lose();
  };
  request.signal.addEventListener('abort', () => {
    resolve(Response.error());
    give();
  });
  const { method } = request;
  const url = new URL(`/${request.url.slice(scope.length)}`, scope).href;
  say({ url, method, headers: [...request.headers], ...(body ? { body } : {}) }, body ? [body] : []);
  return promise;
}

/** One that is too large is cut short a byte above what is taken, so that the tab refuses it in the words of its protocol. */
async function boundedBody(request: Request): Promise<ArrayBuffer> {
  // Firefox shows no body as a stream here, and sends none that is one.
  if (!request.body) return (await request.blob()).slice(0, bodyBytesMax + 1).arrayBuffer();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  // Not every browser iterates a stream itself.
  const reader = request.body.getReader();
  while (length <= bodyBytesMax) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    length += value.length;
  }
  reader.cancel().catch(() => {});
  return new Blob(pieces).slice(0, bodyBytesMax + 1).arrayBuffer();
}

/** In the shape of the family that asks. */
function refusal({ url }: Request, message: string): Response {
  const error = url.startsWith(`${apiPrefix}messages`)
    ? { type: 'error', error: { type: 'overloaded_error', message } }
    : { error: { message, type: 'server_error', param: null, code: 'unavailable' } };
  return Response.json(error, { status: 503, headers: { 'retry-after': '5' } });
}
