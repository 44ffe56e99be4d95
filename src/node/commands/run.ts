import type { SessionId } from '../../base/brand.ts';
import { formatBytes } from '../../base/bytes.ts';
import { TabmeshError } from '../../base/error.ts';
import { contextPositionsMax, layerCountMax, planContextPositions } from '../../base/limits.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Sampling } from '../../engine/stage.ts';
import { type OpenModel, openModel } from '../../model/open.ts';
import { promptTokens } from '../../model/prompt.ts';
import { SliceLoader } from '../../model/slice-loader.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { nodeEngine } from '../engine.ts';
import { LocalChain } from '../local-chain.ts';
import { openFile } from '../open-file.ts';
import type { Command } from './command.ts';
import { numberOption, tokenIdsOption } from './numbers.ts';

const session = 'run' as SessionId;

export const run: Command = {
  usage:
    'run FILE --prompt TEXT [--raw]       an answer; also --token-ids 1,2,3, --max-tokens N, --temperature T,\n' +
    '                                       --seed S, --device cpu|webgpu, --stages N, --memory MB,\n' +
    '                                       --logits K',
  options: {
    prompt: { type: 'string' },
    'token-ids': { type: 'string' },
    raw: { type: 'boolean' },
    'max-tokens': { type: 'string' },
    temperature: { type: 'string' },
    seed: { type: 'string' },
    device: { type: 'string' },
    stages: { type: 'string' },
    memory: { type: 'string' },
    logits: { type: 'string' },
  },
  async run(values, [file], signal) {
    if (file === undefined) throw new TabmeshError('invalid', 'node', 'run takes a FILE.');
    const device = readDevice(values['device']);
    const started = performance.now();
    const opened = await openModel(await openFile(file), signal);
    const { model } = opened;
    const tokens = readPrompt(values, opened);
    const asked = numberOption(values['stages'], 'stages', 1, { min: 1, max: layerCountMax, whole: true });
    // A stage holds one layer at least.
    const stages = Math.min(asked, model.hyper.layers);
    const top = numberOption(values['logits'], 'logits', 0, {
      min: 0,
      max: model.hyper.vocabulary,
      whole: true,
    });
    const most = Math.min(model.hyper.context, contextPositionsMax);
    const room = most - tokens.length;
    if (room < 0) {
      throw new TabmeshError(
        'invalid',
        'node',
        `The prompt has ${tokens.length} tokens; this model holds ${most}. Shorten it.`,
      );
    }
    const wanted = numberOption(values['max-tokens'], 'max-tokens', planContextPositions, {
      min: 0,
      max: 1e9,
      whole: true,
    });
    const count = Math.min(wanted, room);

    const sampling = readSampling(values);
    const megabytes = numberOption(values['memory'], 'memory', Infinity, { min: 1, max: 1e9 });
    const engine = await nodeEngine(device, 'exact', signal, { memoryBytes: megabytes * 1e6 });
    if (engine.device.note) console.error(engine.device.note);
    try {
      const loader = new SliceLoader({ store: createMemoryStore(), source: opened.source, model });
      await loader.fetch({ layers: { first: 0, last: model.hyper.layers } }, { signal });
      await loader.fetch('head', { signal });
      const chain = await LocalChain.load(engine, model, loader.read, stages, signal);
      // Not the whole context: the caches of a million positions fit on no machine.
      await chain.open(session, tokens.length + count);
      const loadMs = performance.now() - started;
      if (top > 0) await printLogits(chain, tokens, top, Boolean(values['json']));
      else {
        await printAnswer({
          chain,
          opened,
          tokens,
          count,
          sampling,
          stages,
          loadMs,
          engine,
          json: Boolean(values['json']),
          signal,
        });
      }
    } finally {
      await engine.close();
    }
  },
};

function readDevice(value: unknown): 'auto' | 'cpu' | 'webgpu' {
  if (value === undefined) return 'auto';
  if (value === 'cpu' || value === 'webgpu') return value;
  throw new TabmeshError('invalid', 'node', `--device takes cpu or webgpu, not "${value}".`);
}

function readSampling(values: Record<string, unknown>): Sampling {
  return {
    temperature: numberOption(values['temperature'], 'temperature', 0, { min: 0, max: 10 }),
    topK: 0,
    topP: 1,
    minP: 0,
    seed: numberOption(values['seed'], 'seed', 0, { min: 0, max: 2 ** 32 - 1, whole: true }),
  };
}

function readPrompt(values: Record<string, unknown>, opened: OpenModel): number[] {
  const { prompt } = values;
  if (prompt !== undefined && values['token-ids'] !== undefined) {
    throw new TabmeshError('invalid', 'node', 'run takes --prompt or --token-ids, not both.');
  }
  if (values['token-ids'] !== undefined)
    return tokenIdsOption(values['token-ids'], opened.model.hyper.vocabulary);
  if (typeof prompt !== 'string')
    throw new TabmeshError('invalid', 'node', 'run takes --prompt TEXT or --token-ids 1,2,3.');
  const tokens = values['raw']
    ? opened.tokenizer.encode(prompt, { special: false, bos: true })
    : promptTokens(opened, [{ role: 'user', content: prompt }]);
  if (tokens.length === 0)
    throw new TabmeshError('invalid', 'node', 'The prompt is empty. Give it some text.');
  return tokens;
}

async function printLogits(
  chain: LocalChain,
  tokens: readonly number[],
  top: number,
  json: boolean,
): Promise<void> {
  const logits = await chain.head.logits(await chain.forward(session, tokens, 0));
  const vocabulary = logits.length / tokens.length;
  const positions = tokens.map((_, position) => {
    const row = logits.subarray(position * vocabulary, (position + 1) * vocabulary);
    const ids = Array.from(row.keys()).sort((a, b) => row[b]! - row[a]! || a - b);
    return { position, top: ids.slice(0, top).map(id => [id, row[id]!]) };
  });
  if (json) console.log(JSON.stringify({ positions }));
  else
    for (const { position, top: best } of positions)
      console.log(position, best.map(([id, logit]) => `${id}:${logit!.toFixed(4)}`).join(' '));
}

interface Answer {
  readonly chain: LocalChain;
  readonly opened: OpenModel;
  readonly tokens: readonly number[];
  readonly count: number;
  readonly sampling: Sampling;
  readonly stages: number;
  readonly loadMs: number;
  readonly engine: Engine;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

async function printAnswer({
  chain,
  opened,
  tokens,
  count,
  sampling,
  stages,
  loadMs,
  engine,
  json,
  signal,
}: Answer): Promise<void> {
  const { tokenizer } = opened;
  const made: number[] = [];
  const text = tokenizer.stream();
  const started = performance.now();
  let firstAt = started;
  for await (const token of chain.generate(session, tokens, count, sampling, tokenizer.endTokens)) {
    signal.throwIfAborted();
    if (made.length === 0) firstAt = performance.now();
    made.push(token);
    const piece = text.push(token);
    if (!json) process.stdout.write(piece);
  }
  const ended = performance.now();
  const rest = text.end();
  const decodeMs = ended - firstAt;
  const tokensPerSecond = made.length > 1 ? ((made.length - 1) * 1000) / decodeMs : 0;
  const timings = { loadMs, prefillMs: firstAt - started, decodeMs, tokensPerSecond };
  const device = engine.device.kind;
  const memory = await engine.memory();
  if (json)
    console.log(
      JSON.stringify({ text: tokenizer.decode(made), tokens: made, device, stages, memory, timings }),
    );
  else {
    process.stdout.write(`${rest}\n`);
    const { weights, caches, scratch } = memory;
    console.error(
      `${made.length} tokens on ${device} over ${stages} stage(s), ${tokensPerSecond.toFixed(1)} tokens/s, in ${formatBytes(weights)} of weights, ${formatBytes(caches)} of caches, ${formatBytes(scratch)} of working memory`,
    );
  }
}
