import { chunks } from '../../base/chunks.ts';
import { TabmeshError } from '../../base/error.ts';

/** A body as text. Throws TabmeshError('full', 'router') beyond `bytesMax`. */
export async function boundedText({ body }: Response, bytesMax: number): Promise<string> {
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  for await (const chunk of chunks(body)) {
    bytes += chunk.length;
    if (bytes > bytesMax)
      throw new TabmeshError(
        'full',
        'router',
        `An answer of more than ${bytesMax} bytes was not read to its end.`,
      );
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
