import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/**
 * The page may fetch models from any https address and from this machine, and speak to any relay; it runs only our
 * scripts. Styles may be inline because Svelte writes style attributes. COOP (the library's default) and COEP isolate the page from other
 * origins, without which browsers give no shared memory, and so no threads. 'require-corp' because Safari knows no other; what the page
 * fetches elsewhere comes by CORS, which it lets through.
 */
function headersFor({ framedBy, usedBy }: Reach): MiddlewareHandler {
  return secureHeaders({
    strictTransportSecurity: false,
    xFrameOptions: framedBy === "'self'",
    crossOriginResourcePolicy: usedBy,
    crossOriginEmbedderPolicy: 'require-corp',
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
      workerSrc: ["'self'", 'blob:'],
      connectSrc: [
        "'self'",
        'ws:',
        'wss:',
        'https:',
        'http://127.0.0.1:*',
        'http://localhost:*',
        'blob:',
        'data:',
      ],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      fontSrc: ["'self'", 'data:'],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: [framedBy],
    },
  });
}

/** Who may show a file in a frame, and who may load it into a page at all. */
interface Reach {
  readonly framedBy: "'self'" | '*';
  readonly usedBy: 'same-origin' | 'cross-origin';
}

const own = headersFor({ framedBy: "'self'", usedBy: 'same-origin' });
/** Other sites' pages load the script and frame the page; hosts that are isolated themselves take only what says that they may. */
const loader = headersFor({ framedBy: "'self'", usedBy: 'cross-origin' });
const frame = headersFor({ framedBy: '*', usedBy: 'cross-origin' });
const loaderPath = /^\/widget(-[0-9a-f]{12})?\.js$/;

export const securityHeaders = (): MiddlewareHandler => async (context, next) => {
  const { path } = context.req;
  if (path === '/widget.html') return frame(context, next);
  if (!loaderPath.test(path)) return own(context, next);
  const answered = await loader(context, next);
  // A browser checks the hash that a page pins only of what it may read.
  context.header('access-control-allow-origin', '*');
  return answered;
};
