import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/**
 * The page may fetch models from any https address and from this machine, and speak to any relay; it runs only our
 * scripts. Styles may be inline because Svelte writes style attributes. COOP (the library's default) and COEP isolate the page from other
 * origins, without which browsers give no shared memory, and so no threads. 'require-corp' because Safari knows no other; what the page
 * fetches elsewhere comes by CORS, which it lets through.
 */
export const securityHeaders = (): MiddlewareHandler =>
  secureHeaders({
    strictTransportSecurity: false,
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
      frameAncestors: ["'self'"],
    },
  });
