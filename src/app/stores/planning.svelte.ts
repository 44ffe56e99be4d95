import type { ModelId } from '../../base/brand.ts';
import { toError } from '../../base/error.ts';
import type { PlanPreview } from '../../pod/preview.ts';
import { peers } from './peer.svelte.ts';

/** What the pod's own planner would do with a model that nobody serves. The last answer stays while it is asked anew. */
export class Planning {
  preview = $state.raw<PlanPreview>();
  /** Why there is no plan. */
  problem = $state('');
  /** Whether that is memory. */
  lacks = $state(false);
  busy = $state(false);

  /** Of all that members tell every few seconds, what a plan hangs on. */
  static get facts(): string {
    return peers.members
      .map(({ id, memoryBytes, speed }) => `${id} ${memoryBytes} ${speed?.rowNanosPerMB}`)
      .join();
  }

  async ask(id: string, signal: AbortSignal): Promise<void> {
    this.busy = true;
    try {
      const preview = await (await peers.ready()).pod.planFor(id as ModelId, undefined, signal);
      if (signal.aborted) return;
      this.preview = preview;
      this.problem = preview.problem?.reason ?? '';
      this.lacks = preview.problem?.kind === 'full';
    } catch (error) {
      if (signal.aborted) return;
      this.problem = toError(error, 'app').reason;
      this.lacks = false;
    } finally {
      if (!signal.aborted) this.busy = false;
    }
  }
}
