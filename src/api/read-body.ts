import { KiB } from '../base/bytes.ts';
import { chunks } from '../base/chunks.ts';
import { requestBodyBytesMax } from '../base/limits.ts';
import { ApiError } from './errors.ts';

const tooLarge = () =>
  new ApiError(
    413,
    `The body is larger than the ${requestBodyBytesMax / KiB} KiB that are read. Shorten the messages.`,
    {
      code: 'body_too_large',
    },
  );

/** The body as JSON. It is refused by its declared length, and while reading where that is missing or lies. */
export async function readJson(request: Request): Promise<unknown> {
  const encoding = request.headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') {
    throw new ApiError(
      415,
      `A body with content-encoding "${encoding.slice(0, 40)}" is not read; send plain JSON.`,
    );
  }
  if (Number(request.headers.get('content-length')) > requestBodyBytesMax) throw tooLarge();
  let text = '';
  let length = 0;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of chunks(request.body)) {
      length += chunk.length;
      if (length > requestBodyBytesMax) throw tooLarge();
      text += decoder.decode(chunk, { stream: true });
    }
    text += decoder.decode();
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    if (error instanceof SyntaxError)
      throw new ApiError(400, `The body is no JSON: ${error.message}`, { code: 'invalid_json' });
    throw new ApiError(400, 'The body is no UTF-8 text, or it broke off.', { code: 'invalid_json' });
  }
}
