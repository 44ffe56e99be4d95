import { isKind, TabmeshError, toError } from '../../base/error.ts';
import { guestTokensMax } from '../../base/limits.ts';
import type { Step } from '../../pod/pod.ts';
import { citedPrompt } from '../../search/cited-prompt.ts';
import type { Passage } from '../../search/passage.ts';
import { words } from './strings.ts';
import type { Writer } from './writer.ts';

/** One answer as it is written. */
export class Answer {
  phase = $state<'waiting' | 'writing' | 'whole' | 'stopped' | 'failed'>('waiting');
  text = $state('');
  step = $state.raw<Step>();
  /** It ended because it was as long as it may get. */
  cut = $state(false);
  problem = $state<string>();
  sources = $state.raw<readonly Passage[]>([]);
  readonly #stop = new AbortController();

  get running(): boolean {
    return this.phase === 'waiting' || this.phase === 'writing';
  }

  stop(): void {
    this.#stop.abort(new TabmeshError('cancelled', 'peer', 'Stopped.'));
  }

  /** False where there is no model for it, or no room in it for a single passage: the passages speak for themselves. */
  async write(writer: Writer, question: string, passages: readonly Passage[]): Promise<boolean> {
    const { signal } = this.#stop;
    try {
      const writing = await writer.begin(signal);
      const mark = Array.from(crypto.getRandomValues(new Uint8Array(6)), each => each.toString(36)).join('');
      const prompt = writing && citedPrompt(question, passages, writing.context, mark);
      if (!prompt) return false;
      this.sources = prompt.sources;
      const request = {
        model: writing.model,
        messages: [{ role: 'user' as const, content: prompt.text }],
        maxTokens: guestTokensMax,
        // Little is left to chance where pages are quoted; none at all makes small models repeat themselves.
        sampling: { temperature: 0.2, topK: 40, topP: 0.9, minP: 0.05, seed: 0 },
        stop: [],
      };
      for await (const event of writing.ask(request, signal)) {
        if (event.kind === 'step') this.step = event.step;
        else if (event.kind === 'text') {
          this.phase = 'writing';
          this.text += event.text;
        } else if (event.kind === 'end') this.cut = event.reason === 'length';
      }
      this.phase = 'whole';
    } catch (error) {
      this.phase = signal.aborted ? 'stopped' : 'failed';
      this.problem = whatNow(toError(error, 'peer'));
    }
    return true;
  }
}

function whatNow(error: TabmeshError): string {
  if (!navigator.onLine) return words.offline;
  if (isKind(error, 'unavailable') || isKind(error, 'lost') || isKind(error, 'timeout'))
    return words.writerAway(error.reason);
  return error.reason;
}
