import { siteReadMs } from '../base/limits.ts';
import type { ToFrame, ToHost } from './messages.ts';

type Page = Extract<ToFrame, { kind: 'page' }>;

/** A page of this origin as somebody without cookies gets it, whatever the frame asks for. */
export async function readForFrame(
  { id, url, bytesMax }: Extract<ToHost, { kind: 'read' }>,
  limitMs = siteReadMs,
): Promise<Page> {
  const nothing: Page = { kind: 'page', id, status: 0, url, text: '' };
  try {
    if (new URL(url).origin !== location.origin) return nothing;
    const response = await fetch(url, { credentials: 'omit', signal: AbortSignal.timeout(limitMs) });
    if (!response.ok) return { ...nothing, status: response.status };
    const decoder = new TextDecoder();
    const reader = response.body!.getReader();
    let text = '';
    for (let left = bytesMax; ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      if ((left -= value.length) < 0) {
        await reader.cancel();
        return { ...nothing, status: 413 };
      }
      text += decoder.decode(value, { stream: true });
    }
    return { ...nothing, status: 200, url: response.url, text };
  } catch {
    return nothing;
  }
}
