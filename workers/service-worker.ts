/**
 * The service worker: keeps the files of the app, so that it opens with no network, and isolates its pages (COOP, COEP) on hosts that send
 * no headers for it. A newer one waits until a tab says that it may take over. Models are not its business: the page keeps them itself.
 */
export type ToServiceWorker = 'take over';

/** Put in by vite.config.ts, without what few people need. `files` are relative to the scope; those under assets/ have a hash in their names. */
declare const SHELL: { readonly version: string; readonly files: readonly string[] };

/** What TypeScript knows of service workers contradicts what it knows of pages, so this is the part that is used. */
interface LastingEvent {
  waitUntil(work: Promise<unknown>): void;
}
interface RequestEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Scope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: LastingEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: RequestEvent) => void): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToServiceWorker>) => void): void;
}

const worker = self as unknown as Scope;
const { version, files } = SHELL;
const { scope } = worker.registration;
/** Two copies of the app may live on one host. */
const family = `tabmesh ${scope} `;
const page = './';

worker.addEventListener('install', event => event.waitUntil(fill()));
worker.addEventListener('activate', event => event.waitUntil(takeOver()));
worker.addEventListener('message', ({ data }) => {
  if (data === 'take over') void worker.skipWaiting();
});
worker.addEventListener('fetch', event => {
  const file = shellFile(event.request);
  if (file !== undefined) event.respondWith(answer(event.request, file));
});

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
function shellFile({ method, url }: Request): string | undefined {
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
