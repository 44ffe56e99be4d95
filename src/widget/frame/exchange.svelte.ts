import type { Hit } from '../../search/site-search.ts';

/** One question and what was found. */
export class Exchange {
  readonly question: string;
  phase = $state<'searching' | 'found' | 'failed'>('searching');
  hits = $state.raw<readonly Hit[]>([]);
  problem = $state<string>();
  judged = $state(false);

  constructor(question: string) {
    this.question = question;
  }

  get running(): boolean {
    return this.phase === 'searching';
  }
}
