import type { PeerId } from '../../base/brand.ts';
import { fromHex } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { within } from '../../base/deadline.ts';
import { isKind, TabmeshError } from '../../base/error.ts';
import { completeAnswerCostMax, completePieceBytes, completeSilenceMs, dialMs } from '../../base/limits.ts';
import { costOf } from '../../network/inbox.ts';
import type { Channel, Network } from '../../network/network.ts';
import type { Pass } from '../../pod/federation/federation.ts';
import { CallCount } from '../call-count.ts';
import type { CompletionEvent, CompletionRequest, Route } from '../request.ts';
import { Stopwatch } from '../stopwatch.ts';
import {
  type Bill,
  type CompleteMessage,
  completeProtocol,
  decodeComplete,
  encodeComplete,
  toWirePass,
} from './complete-message.ts';
import type { SourceForOthers } from './complete-service.ts';
import { encodeRequest } from './request-bytes.ts';

export interface AskPeerParts {
  readonly network: Pick<Network, 'open'>;
  readonly clock: Clock;
  readonly peer: PeerId;
  /** As people know it. */
  readonly name: string;
  /** A pass where the peer is of another pod, which then answers as a pod. */
  readonly from: SourceForOthers | Pass;
  /** 16 bytes as hex. */
  readonly id: string;
  readonly request: CompletionRequest;
  /** Of the answer, once the peer tells who else reads it. */
  readonly route: (provider: string) => Route;
  readonly onBill: (bill: Bill) => Promise<void>;
}

/**
 * The asking side of /tabmesh/complete/1: a whole request to one peer, and its answer as it comes. Leaving the loop hangs up.
 * Throws what the peer says, TabmeshError('lost') where it broke off, 'timeout' where it fell silent, 'corrupt' where it broke the rules
 * or came to no end.
 */
export async function* askPeer(
  parts: AskPeerParts,
  signal?: AbortSignal,
): AsyncGenerator<CompletionEvent, void, void> {
  const { network, clock, peer, name, id, from } = parts;
  const bytes = encodeRequest(parts.request);
  const watch = new Stopwatch(clock);
  yield { kind: 'step', step: { name: 'peers', text: `Asking ${name}.` } };
  const notThere = () => new TabmeshError('timeout', 'router', `${name} does not answer. Ask again.`);
  const channel = await within(
    clock,
    dialMs,
    notThere,
    limit => network.open(peer, completeProtocol, limit),
    signal,
  );
  try {
    const source = typeof from === 'string' ? { from } : { from: 'pod', pass: toWirePass(from) };
    const ask = { id: fromHex(id), ...source, total: bytes.length };
    const silent = () => new TabmeshError('timeout', 'router', `${name} fell silent. Ask again.`);
    const send = (limit: AbortSignal) => sendRequest(channel, ask, bytes, limit);
    await within(clock, completeSilenceMs, silent, send, signal);
    const messages = channel.messages[Symbol.asyncIterator]();
    const calls = new CallCount();
    for (let cost = 0; ; ) {
      const next = await within(clock, completeSilenceMs, silent, () => messages.next(), signal);
      if (next.done) throw new TabmeshError('lost', 'router', `${name} broke off before the end. Ask again.`);
      cost += costOf(next.value);
      if (cost > completeAnswerCostMax) throw endless(name);
      const message = decodeComplete(next.value);
      if ('bill' in message) await parts.onBill(message.bill);
      else {
        const event = eventOf(message, parts, watch);
        if (event.kind === 'tool-call' || event.kind === 'tool-arguments') yield* calls.take(event);
        else {
          if (event.kind === 'end') yield* calls.end();
          yield event;
          if (event.kind === 'end') return;
        }
      }
    }
  } finally {
    await channel.close().catch(() => {});
  }
}

const endless = (name: string) =>
  new TabmeshError(
    'corrupt',
    'router',
    `${name} sent more than any answer has, and was left. What had come is kept. Ask another.`,
  );

async function sendRequest(
  channel: Channel,
  ask: Extract<CompleteMessage, { ask: unknown }>['ask'],
  request: Uint8Array<ArrayBuffer>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await channel.send(encodeComplete({ ask }), signal);
    for (let at = 0; at < request.length; at += completePieceBytes) {
      const piece = { bytes: request.slice(at, at + completePieceBytes) };
      await channel.send(encodeComplete({ piece }), signal);
    }
  } catch (error) {
    // Who refuses at once hangs up while we still send, and why is there to read.
    if (!isKind(error, 'lost')) throw error;
  }
}

function eventOf(message: CompleteMessage, { name, route }: AskPeerParts, watch: Stopwatch): CompletionEvent {
  if ('route' in message) return { kind: 'route', route: route(message.route.provider) };
  if ('failure' in message) {
    const { kind, reason, retryAfterMs } = message.failure;
    throw new TabmeshError(kind, 'router', reason, retryAfterMs > 0 ? { retryAfterMs } : {});
  }
  if ('end' in message) {
    const { reason, ...usage } = message.end;
    return { kind: 'end', reason, usage, timings: watch.timings(usage.completionTokens || undefined) };
  }
  if ('text' in message) {
    watch.token();
    return { kind: 'text', text: message.text.text };
  }
  if ('toolCall' in message) return { kind: 'tool-call', ...message.toolCall };
  if ('toolArguments' in message) return { kind: 'tool-arguments', ...message.toolArguments };
  throw new TabmeshError('corrupt', 'router', `${name} asks where it should answer.`);
}
