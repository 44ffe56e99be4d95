import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { ApiError, errorResponse, toApiError } from '../../api/errors.ts';
import type { Api } from '../../api/openai.ts';
import type { ClientCallers } from '../clients/client-callers.ts';
import { isForeign, isOwnHost, isSameMachine } from './callers.ts';
import type { PlanAnswer } from './plan-route.ts';
import { securityHeaders } from './security-headers.ts';
import { staticFiles } from './static-files.ts';

export interface AppOptions {
  readonly api: Api;
  /** The name or address that the gateway was told to listen on. */
  readonly host: string;
  /** The built app. */
  readonly staticDir: string;
  /** What this process tells the page that it served; `near` where that is open on this machine. */
  readonly bootstrap: (near: boolean) => object;
  /** Answers the dry run of a plan, to programs of this machine. */
  readonly plan?: (query: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<PlanAnswer>;
  /** Whose clients need keys, once there are any. */
  readonly clients?: Pick<ClientCallers, 'callerOf'>;
  /** Lets every machine that reaches the port call /v1. Without it only this one may. */
  readonly allowMachines: boolean;
  /** Origins whose pages may call /v1, e.g. "http://localhost:3000". None unless configured. */
  readonly allowOrigins?: readonly string[];
  /** Told of each request when its headers are answered. */
  readonly onRequest?: (seen: SeenRequest) => void;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** As the client sent them. */
  readonly headers: Headers;
  /** "bytes 0-99/1000" of what was answered. */
  readonly contentRange: string | undefined;
}

type Gateway = { Bindings: HttpBindings };

export function gatewayApp(options: AppOptions): Hono<Gateway> {
  const app = new Hono<Gateway>();
  const allowed = options.allowOrigins ?? [];

  app.use(async (context, next) => {
    await next();
    const { method, path, raw } = context.req;
    const contentRange = context.res.headers.get('content-range') ?? undefined;
    options.onRequest?.({ method, path, status: context.res.status, headers: raw.headers, contentRange });
  });
  app.use(securityHeaders());
  app.use(async (context, next) => {
    if (isOwnHost(context.env.incoming, options.host)) return next();
    return refuse(
      context,
      403,
      'This gateway answers only to the name it was started with. Open it by its address, or start it with HOST set to that name.',
    );
  });

  app.use('/v1/*', async (context, next) => {
    const { incoming } = context.env;
    if (!options.allowMachines && !isSameMachine(incoming))
      return refuse(
        context,
        403,
        'Only programs on the machine of this gateway may ask it, unless it is started with ALLOW_MACHINES=all.',
      );
    if (allowed.includes(incoming.headers.origin ?? '') || !isForeign(incoming)) return next();
    return refuse(
      context,
      403,
      'Pages of other origins may not call this gateway unless it is told to allow them.',
    );
  });
  app.use(
    '/v1/*',
    cors({ origin: [...allowed], exposeHeaders: ['x-tabmesh-route', 'retry-after'], maxAge: 600 }),
  );
  app.all('/v1/*', async context => {
    const { raw, path } = context.req;
    try {
      return await options.api.handle(raw, await options.clients?.callerOf(raw.headers));
    } catch (error) {
      return errorResponse(toApiError(error), path);
    }
  });

  app.get('/tabmesh.json', context => {
    const { incoming } = context.env;
    if (isForeign(incoming))
      return refuse(context, 403, 'Only the page that this gateway serves may read this.');
    return context.json(options.bootstrap(isSameMachine(incoming)), 200, { 'cache-control': 'no-store' });
  });

  app.get('/tabmesh/plan', async (context, next) => {
    const { incoming } = context.env;
    if (!options.plan) return next();
    if (isForeign(incoming) || !isSameMachine(incoming))
      return refuse(context, 403, 'Only programs on the machine of this gateway may ask for its plans.');
    const { status, body } = await options.plan(context.req.query(), context.req.raw.signal);
    return context.json(body, status, { 'cache-control': 'no-store' });
  });

  app.use(staticFiles(options.staticDir));
  app.notFound(context => refuse(context, 404, `There is nothing at ${context.req.path.slice(0, 100)}.`));
  app.onError((error, context) => {
    console.error(error);
    return refuse(context, 500, 'Something inside of the gateway broke; its log says what.');
  });
  return app;
}

/** In the API's shape under /v1, as plain text elsewhere. */
function refuse(context: Context, status: 403 | 404 | 500, message: string): Response {
  return context.req.path.startsWith('/v1/')
    ? errorResponse(
        new ApiError(status, message, { code: status === 403 ? 'forbidden' : 'unknown_url' }),
        context.req.path,
      )
    : context.text(`${message}\n`, status);
}
