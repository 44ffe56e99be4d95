/** When each model was last used here, so that people know what they may delete. */
import type { ModelId } from '../base/brand.ts';
import type { Clock } from '../base/clock.ts';
import { useNotedEveryMs } from '../base/limits.ts';
import type { Pod } from '../pod/pod.ts';

export interface NoteUseParts {
  readonly pod: Pick<Pod, 'state' | 'given' | 'generate'>;
  readonly clock: Clock;
  readonly note: (id: ModelId) => void;
}

/** A model is used when it is asked here, and when others' answers go through this peer while it holds layers of it. Answers the pod to ask. */
export function noteUse({ pod, clock, note }: NoteUseParts): {
  readonly pod: Pick<Pod, 'state' | 'generate'>;
  readonly stop: () => void;
} {
  const notedAt = new Map<ModelId, number>();
  const use = (model: ModelId) => {
    const last = notedAt.get(model);
    if (last !== undefined && clock.now() - last < useNotedEveryMs) return;
    notedAt.set(model, clock.now());
    note(model);
  };
  const stop = pod.given.subscribe(({ answers }) => {
    if (answers === 0) return;
    const { members, self } = pod.state.peek();
    for (const { model } of members.find(({ id }) => id === self)?.holds ?? []) use(model);
  });
  const generate: Pod['generate'] = (request, signal) => {
    use(request.model);
    return pod.generate(request, signal);
  };
  return { pod: { state: pod.state, generate }, stop };
}
