/**
 * A header mutated at random 10,000 times is an error that names the fault or a correct parse, never over 1 s or
 * 256 MB. The weights behind the header are not read, so they are not mutated.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MiB } from '../../src/base/bytes.ts';
import { TabmeshError } from '../../src/base/error.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';
import { cacheBytes } from '../../src/model/cache-bytes.ts';
import { type HeaderExtent, scanHeader } from '../../src/model/header-scan.ts';
import { type OpenModel, openModel } from '../../src/model/open.ts';
import { chunksOf } from '../../src/model/slice.ts';
import type { ByteSource } from '../../src/model/source.ts';
import { bytesSource } from './model-maker.ts';

const mutations = 10_000;
const files = readdirSync('tests/fixtures')
  .filter(name => name.endsWith('.gguf'))
  .map(name => {
    const file = new Uint8Array(readFileSync(`tests/fixtures/${name}`));
    return { file, headerBytes: (scanHeader(file, file.length) as HeaderExtent).headerBytes };
  });

test('10,000 mutated headers', { timeout: 300_000 }, async () => {
  const random = seededRandom(20_261_122);
  const before = process.memoryUsage.rss();
  const faults = new Map<string, number>();
  let slowest = 0;
  for (let index = 0; index < mutations; index++) {
    const source = mutate(files[index % files.length]!, random);
    const fileBytes = await source.size();
    // Time of this process, not of the day: other work on the machine is not the parser's fault.
    const start = process.cpuUsage();
    const outcome = await openModel(source).catch((error: unknown) => error);
    const { user, system } = process.cpuUsage(start);
    slowest = Math.max(slowest, (user + system) / 1000);
    if (outcome instanceof Error) {
      if (!(outcome instanceof TabmeshError) || outcome.origin !== 'model') throw outcome;
      expect(['corrupt', 'unsupported']).toContain(outcome.kind);
      faults.set(outcome.kind, (faults.get(outcome.kind) ?? 0) + 1);
    } else checkParse(outcome as OpenModel, fileBytes, index % 10 === 0);
  }
  const failed = [...faults.values()].reduce((a, b) => a + b, 0);
  console.log(
    `${failed} refused (${[...faults].join(' ')}), ${mutations - failed} parsed, slowest ${slowest.toFixed()} ms`,
  );
  // Were nearly all refused, or nearly all harmless, the mutations would test little.
  expect(failed).toBeGreaterThan(mutations / 4);
  expect(failed).toBeLessThan(mutations * 0.9);
  expect(slowest).toBeLessThan(1000);
  expect(process.resourceUsage().maxRSS * 1024 - before).toBeLessThan(256 * MiB);
});

/** What an engine and a session rely on. */
function checkParse({ model, tokenizer, chat }: OpenModel, fileBytes: number, thoroughly: boolean): void {
  const { hyper, tensors } = model;
  for (const tensor of tensors.values()) {
    if (tensor.offset + tensor.bytes > fileBytes || tensor.bytes <= 0 || !Number.isSafeInteger(tensor.offset))
      throw new Error(`${tensor.name} lies outside the file`);
  }
  for (const value of [hyper.normEpsilon, hyper.rope.base, hyper.rope.scale, hyper.attentionScale])
    if (!(value > 0 && Number.isFinite(value))) throw new Error(`a hyperparameter is ${value}`);
  const { experts = { count: 1, used: 1 }, layers } = hyper;
  if (!(experts.used >= 1 && experts.used <= experts.count)) throw new Error(`${experts.used} experts used`);
  for (let layer = 0; layer < layers; layer++)
    if (!(cacheBytes(hyper, layer, 1) < 512 * MiB))
      throw new Error(`a cache of ${cacheBytes(hyper, layer, 1)}`);
  for (const part of ['head', { layers: { first: 0, last: hyper.layers } }] as const)
    for (const chunk of chunksOf(model, part))
      if (chunk.end > fileBytes) throw new Error('a chunk is outside');
  for (const token of tokenizer.endTokens) expect(token).toBeLessThan(hyper.vocabulary);
  if (!thoroughly) return;
  for (const token of tokenizer.encode('A pod, Größe\n\n 12', { special: true, bos: true }))
    if (!(token >= 0 && token < hyper.vocabulary)) throw new Error(`token ${token}`);
  tokenizer.decode(Array.from({ length: hyper.vocabulary }, (_, token) => token));
  try {
    chat.render([{ role: 'user', content: 'Hi' }], { generationPrompt: true });
  } catch (error) {
    if (!(error instanceof TabmeshError)) throw error;
  }
}

function mutate({ file: original, headerBytes }: (typeof files)[number], random: Random): ByteSource {
  const below = (limit: number) => Math.floor(random.next() * limit);
  // Copying a megabyte 10,000 times would cost more than parsing it.
  const file = original.slice(0, headerBytes + 64);
  let size = original.length;
  const view = new DataView(file.buffer);
  // Tokens are nine tenths of these headers, so half of the mutations aim at what is in front of and behind them.
  const place = () => {
    if (random.next() < 0.5) return below(headerBytes);
    return random.next() < 0.5 ? below(1200) : headerBytes - 1 - below(2500);
  };
  for (let count = 1 + below(2); count > 0; count--) {
    const at = place();
    switch (below(7)) {
      case 0:
        file[at]! ^= 1 << below(8);
        break;
      case 1:
        file[at] = below(256);
        break;
      case 2:
        file.fill(random.next() < 0.5 ? 0xff : 0, at, at + 1 + below(16));
        break;
      case 3:
        view.setBigUint64(at, oddNumbers[below(oddNumbers.length)]!, true);
        break;
      case 4:
        view.setUint32(at, below(64), true);
        break;
      case 5:
        file.copyWithin(at, place(), place());
        break;
      default:
        // Cut the file anywhere, most often within the header.
        if (random.next() < 0.3) size = below(random.next() < 0.8 ? headerBytes : original.length);
    }
  }
  return {
    ...bytesSource(original, 'mutated.gguf', size),
    read: async (start, end) => {
      const bytes = original.slice(start, end);
      bytes.set(file.subarray(start, end));
      return bytes;
    },
  };
}

const oddNumbers = [
  0n,
  1n,
  0x7fn,
  0xffffn,
  0x7fffffffn,
  0xffffffffn,
  0x100000000n,
  2n ** 40n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];
