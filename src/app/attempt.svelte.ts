import { toError } from '../base/error.ts';

/** What a person set off: whether it is under way, and why it failed the last time. */
export class Attempt {
  busy = $state(false);
  problem = $state('');

  /** Answers whether it went well. */
  async run(work: () => unknown): Promise<boolean> {
    this.busy = true;
    this.problem = '';
    try {
      await work();
      return true;
    } catch (error) {
      this.problem = toError(error, 'app').reason;
      return false;
    } finally {
      this.busy = false;
    }
  }
}
