import { concurrentRequestsMax } from '../base/limits.ts';
import { ApiError } from './errors.ts';

/** Counts the answers that are being made. */
export class Gate {
  #inside = 0;

  /** The returned function leaves; calling it twice is calling it once. Throws ApiError(429) where all places are taken. */
  enter(): () => void {
    if (this.#inside >= concurrentRequestsMax) {
      throw new ApiError(
        429,
        `${concurrentRequestsMax} answers are being made already. Try again in a moment.`,
        {
          type: 'rate_limit_error',
          code: 'rate_limit_exceeded',
          headers: { 'retry-after': '1' },
        },
      );
    }
    this.#inside++;
    let left = false;
    return () => {
      if (!left) this.#inside--;
      left = true;
    };
  }
}
