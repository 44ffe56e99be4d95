/** Server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html, as OpenAI's clients read them. */
import type { Clock } from '../base/clock.ts';
import { TabmeshError } from '../base/error.ts';
import { clientStallMs } from '../base/limits.ts';

export const dataFrame = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
/** With a name, as OpenAI's responses and Anthropic's messages come. */
export const eventFrame = (name: string, value: unknown): string =>
  `event: ${name}\ndata: ${JSON.stringify(value)}\n\n`;
export const doneFrame = 'data: [DONE]\n\n';
/** Clients pass comments over; they keep the connection alive and tell a person with curl what is waited for. */
export const commentFrame = (text: string): string => `: ${text.replaceAll(/[\r\n]+/g, ' ')}\n\n`;

/**
 * Draws one frame at a time, when the client has taken the last one. `stop` is called once, when nobody wants more:
 * at the end, when the client has gone, or when it has taken nothing for `clientStallMs`.
 */
export function eventStream(
  frames: AsyncIterator<string>,
  clock: Clock,
  stop: () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let over = false;
  let disarm = () => {};
  const finish = () => {
    disarm();
    if (!over) stop();
    over = true;
  };
  return new ReadableStream({
    async pull(controller) {
      disarm();
      const { done, value } = await frames.next().catch(error => {
        finish();
        throw error;
      });
      if (over) return;
      if (done) {
        finish();
        controller.close();
        return;
      }
      controller.enqueue(encoder.encode(value));
      disarm = clock.after(clientStallMs, () => {
        finish();
        controller.error(new TabmeshError('timeout', 'api', 'The client took nothing for too long.'));
      });
    },
    cancel: finish,
  });
}
