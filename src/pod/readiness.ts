/** What an answer waits for before it begins: a plan, the head of its model, and layers that are held. */
import type { ModelId, PeerId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/deadline.ts';
import { fromRecord, TabmeshError } from '../base/error.ts';
import { type handshakeMs, stageLoadMs } from '../base/limits.ts';
import { type Live, LiveValue, until } from '../base/live.ts';
import type { Model } from '../model/model.ts';
import type { SliceProgress } from '../model/slice-loader.ts';
import { type ChainHop, chooseChain } from './chain.ts';
import type { HeadLease, Heads } from './heads.ts';
import type { GenerateEvent, PodModel, PodState } from './pod.ts';
import { loadStep } from './steps.ts';

export interface ReadinessOptions {
  readonly clock: Clock;
  readonly heads: Heads;
  readonly state: Live<PodState>;
}

/** Throws TabmeshError('not-found', 'pod'). */
export function servedIn({ models }: PodState, id: ModelId): PodModel {
  const served = models.find(each => each.id === id);
  if (served) return served;
  throw new TabmeshError(
    'not-found',
    'pod',
    'The pod does not serve this model. Add it to the pod, then ask again.',
  );
}

/** Resolves when the model has its place in the pod; throws why it has none. Nothing is loaded for it before. */
export async function untilPlanned(
  { clock, state }: ReadinessOptions,
  { id, hyper }: Model,
  signal: AbortSignal,
): Promise<void> {
  const late = () => new TabmeshError('timeout', 'pod', 'The pod made no plan for this model. Ask again.');
  const settled = ({ models }: PodState) => {
    const served = models.find(each => each.id === id);
    return !served || served.plan !== undefined || served.problem !== undefined;
  };
  const seen = await within(clock, stageLoadMs, late, limit => until(state, settled, limit), signal);
  const { plan, problem } = servedIn(seen, id);
  if (problem && !chooseChain(id, hyper.layers, plan, seen.members)) throw fromRecord(problem);
}

export async function* untilHead(
  { heads }: ReadinessOptions,
  model: Model,
  signal: AbortSignal,
): AsyncGenerator<GenerateEvent, HeadLease, void> {
  const progress = new LiveValue<SliceProgress | undefined>(undefined);
  const leave = new AbortController();
  const loading = heads.lease(model, AbortSignal.any([signal, leave.signal]), now => progress.set(now));
  let ended = false;
  let taken = false;
  const end = () => {
    ended = true;
    progress.set(undefined);
  };
  loading.then(end, end);
  try {
    for (let told: SliceProgress | undefined; !ended; ) {
      await until(progress, now => ended || now !== told, signal);
      const now = progress.peek();
      if (now && !ended) {
        const text = 'Loading the embedding and the output matrix';
        const { bytes: done, totalBytes: total } = now;
        yield { kind: 'step', step: { name: 'load', text, done, total, unit: 'bytes' } };
      }
      told = now;
    }
    const lease = await loading;
    taken = true;
    return lease;
  } finally {
    // A reader may go away in between.
    if (!taken) {
      leave.abort();
      loading.then(({ release }) => release()).catch(() => {});
    }
  }
}

/** Waits until some chain holds all layers. Peers in `avoid` failed this answer before. */
export async function* untilChain(
  { state, clock }: ReadinessOptions,
  model: Model,
  avoid: ReadonlySet<PeerId>,
  /** How long a plan may be impossible: after a loss the others may be on their way back. */
  patienceMs: 0 | typeof handshakeMs,
  signal: AbortSignal,
): AsyncGenerator<GenerateEvent, ChainHop[], void> {
  const begun = clock.now();
  for (let told = ''; ; ) {
    const seen = state.peek();
    const served = servedIn(seen, model.id);
    const chain = chooseChain(model.id, model.hyper.layers, served.plan, seen.members, avoid);
    if (chain) return chain;
    const waited = clock.now() - begun;
    if (served.problem && waited >= patienceMs) throw fromRecord(served.problem);
    const step = loadStep(model, seen);
    if (JSON.stringify(step) !== told) yield { kind: 'step', step };
    told = JSON.stringify(step);
    const ms = Math.max(1, (served.problem ? patienceMs : stageLoadMs) - waited);
    const late = () =>
      new TabmeshError(
        'timeout',
        'pod',
        'The layers were not loaded in time. Check the members, then ask again.',
      );
    await within(clock, ms, late, limit => until(state, now => now !== seen, limit), signal).catch(error => {
      if (!served.problem) throw error;
      signal.throwIfAborted();
    });
  }
}
