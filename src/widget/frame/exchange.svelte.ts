import type { Hit } from '../../search/site-search.ts';
import type { Answer } from './answer.svelte.ts';

/** One question and what was found. */
export class Exchange {
  readonly question: string;
  phase = $state<'searching' | 'found' | 'failed'>('searching');
  hits = $state.raw<readonly Hit[]>([]);
  problem = $state<string>();
  /** Where a model writes one. */
  answer = $state.raw<Answer>();
  /** 'why': it was not helpful, and may be said why. */
  judged = $state<'why' | 'done'>();

  constructor(question: string) {
    this.question = question;
  }

  get running(): boolean {
    return this.phase === 'searching' || this.answer?.running === true;
  }
}
