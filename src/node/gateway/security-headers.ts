import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/**
 * The page may fetch models from any https address and from this machine, and speak to any relay; it runs only our
 * scripts. Styles may be inline because Svelte writes style attributes. No COEP: nothing needs shared memory yet.
 */
export const securityHeaders = (): MiddlewareHandler =>
  secureHeaders({
    strictTransportSecurity: false,
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
