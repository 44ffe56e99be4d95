import { openAsBlob } from 'node:fs';
import { expect, test } from 'vitest';
import { seededRandom } from '../base/random.ts';
import { blobSource } from '../model/blob-source.ts';
import { openModel } from '../model/open.ts';
import { ShownTokens } from './shown-tokens.ts';
import { StopFilter } from './stop-filter.ts';

test('the tokens that are told are those with a byte in the text that is shown, at every step', async () => {
  const file = await openAsBlob('public/models/guide.gguf');
  const { tokenizer } = await openModel(blobSource(file, 'guide.gguf'));
  const random = seededRandom(11);
  const pick = (from: readonly string[]) => from[Math.floor(random.next() * from.length)]!;
  const words = ['a', ' pod', 'é', '漢', '🦙', '<|im_end|>', ' of', '\n'];
  let stopped = 0;
  for (let round = 0; round < 60; round++) {
    const written = Array.from({ length: 12 }, () => pick(words)).join('');
    const tokens = tokenizer.encode(written, { special: true, bos: false });
    const stop = new StopFilter([pick(words) + pick(words) + pick(words), `🦙${pick(words)}`]);
    const shownTokens = new ShownTokens(tokenizer);
    const text = tokenizer.stream();
    let shown = '';
    let told = 0;
    const show = (more: string) => {
      shown += more;
      told += shownTokens.take(more).length;
      const length = Buffer.byteLength(shown);
      let [expected, from] = [0, 0];
      for (const token of tokens) {
        const size = tokenizer.piece(token).bytes?.length ?? 0;
        if (size > 0 && from < length) expected++;
        from += size;
      }
      expect(told).toBe(expected);
    };
    for (const token of tokens) {
      const completed = text.push(token);
      shownTokens.push({ token, likelihood: { logProbability: -1, likeliest: [] } }, completed);
      show(stop.push(completed));
    }
    if (stop.stopped) stopped++;
    else show(stop.end());
  }
  expect(stopped).toBeGreaterThan(5);
});
