import { serveStatic } from '@hono/node-server/serve-static';
import type { MiddlewareHandler } from 'hono';

/**
 * Serves a folder with its ranges; adds what the library leaves out: an ETag, the answer 304, and how long each file
 * may be kept. Files under assets/ and versions of the widget's loader have a hash in their names, so they never change.
 */
export function staticFiles(root: string): MiddlewareHandler {
  const serve = serveStatic({ root });
  return async (context, next) => {
    const response = await serve(context, next);
    if (!(response instanceof Response) || !response.ok) return response;
    const { headers } = response;
    const size = headers.get('content-range')?.split('/')[1] ?? headers.get('content-length');
    const etag = `"${size}-${Date.parse(headers.get('last-modified') ?? '')}"`;
    headers.set('etag', etag);
    headers.set('accept-ranges', 'bytes');
    const hashed = /^\/(assets\/|widget-[0-9a-f]{12}\.js$)/.test(context.req.path);
    headers.set('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    if (!matches(etag, context.req.header('if-none-match'))) return response;
    await response.body?.cancel();
    headers.delete('content-length');
    headers.delete('content-range');
    return new Response(null, { status: 304, headers });
  };
}

function matches(etag: string, condition = ''): boolean {
  const known = condition.split(',').map(each => each.trim().replace(/^W\//, ''));
  return known.includes(etag) || known.includes('*');
}
