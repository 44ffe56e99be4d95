/**
 * Operating errors are a closed union that crosses workers and the wire and is shown to people. Programmer
 * errors are not in it: they assert (see assert.ts).
 */
export const errorKinds = [
  'invalid', // what was given is malformed or out of range
  'unsupported', // well formed, but this version cannot do it (an architecture, a tensor type)
  'corrupt', // bytes that contradict themselves or their hash
  'not-found', // no such model, session, member
  'denied', // not a member, wrong secret, refused by the owner
  'full', // memory, disk or a limit is used up
  'unavailable', // a server, peer or network does not answer now; trying again may help
  'lost', // a peer or device went away in the middle
  'timeout', // a wait ran into its limit
  'cancelled', // somebody asked to stop
] as const;
export type ErrorKind = (typeof errorKinds)[number];

export const origins = [
  'store',
  'model',
  'engine',
  'network',
  'pod',
  'search',
  'router',
  'api',
  'peer',
  'app',
  'node',
] as const;
export type Origin = (typeof origins)[number];

export interface ErrorRecord {
  readonly kind: ErrorKind;
  readonly origin: Origin;
  /** A sentence for people: what happened, what was kept, what to do next. */
  readonly reason: string;
  readonly retryAfterMs?: number;
}

export class TabmeshError extends Error implements ErrorRecord {
  override readonly name = 'TabmeshError';
  readonly kind: ErrorKind;
  readonly origin: Origin;
  readonly reason: string;
  readonly retryAfterMs?: number;

  constructor(
    kind: ErrorKind,
    origin: Origin,
    reason: string,
    more: { retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(reason, more.cause === undefined ? {} : { cause: more.cause });
    this.kind = kind;
    this.origin = origin;
    this.reason = reason;
    if (more.retryAfterMs !== undefined) this.retryAfterMs = more.retryAfterMs;
  }
}

export function toRecord(error: unknown, origin: Origin): ErrorRecord {
  const { kind, origin: from, reason, retryAfterMs } = toError(error, origin);
  return { kind, origin: from, reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

export function fromRecord(record: ErrorRecord): TabmeshError {
  return new TabmeshError(
    record.kind,
    record.origin,
    record.reason,
    record.retryAfterMs === undefined ? {} : { retryAfterMs: record.retryAfterMs },
  );
}

/** Names what a library threw. An abort is 'cancelled', an aborted deadline 'timeout', the rest 'unavailable'. */
export function toError(error: unknown, origin: Origin): TabmeshError {
  if (error instanceof TabmeshError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  const kind: ErrorKind =
    name === 'AbortError' ? 'cancelled' : name === 'TimeoutError' ? 'timeout' : 'unavailable';
  return new TabmeshError(kind, origin, message || kind, { cause: error });
}

export const isKind = (error: unknown, kind: ErrorKind): boolean =>
  error instanceof TabmeshError && error.kind === kind;
