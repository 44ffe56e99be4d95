/**
 * This engine against llama.cpp in WebAssembly (@wllama/wllama): one Chromium, one file, the same lengths of prompt and answer, in
 * turns. Ratios are ours over wllama's: of speeds above 1 where ours is faster, of load time and memory below 1 where ours takes less.
 * `ratio/batch-8` is eight answers of ours at once over one of ours, in tokens per second. Models have random weights and the shape
 * of Qwen3-0.6B or that of --shape.
 */
import { type Browser, chromium } from 'playwright-core';
import type { ContenderName, Measured } from './engine-page/page.ts';
import { servePage } from './engine-page/serve.ts';
import { makeModel } from './models/make-model.ts';
import { mixes, shapeNamed } from './models/shapes.ts';
import { peakRendererBytes } from './renderer-memory.ts';
import { type BenchOptions, median, type Row } from './row.ts';

const runs = 5;
const loads = 3;
const threadCounts = [1, 2];

export async function engine({ shape = '0.6B' }: BenchOptions): Promise<Row[]> {
  const models = new Map(mixes.map(mix => [`${mix}.gguf`, makeModel(shapeNamed(shape), mix)]));
  const { server, url } = await servePage(models);
  const browser = await chromium.launch({
    executablePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium',
    args: ['--headless=new', '--no-sandbox', '--disable-background-networking', '--disable-component-update'],
  });
  const rows: Row[] = [];
  // The whole takes a quarter of an hour or more: what is known shows at once.
  const add = (more: readonly Row[]) => {
    for (const { name, value, unit } of more)
      process.stderr.write(`${name} ${value.toPrecision(3)} ${unit}\n`);
    rows.push(...more);
  };
  try {
    for (const mix of mixes) {
      add(await loadAlone(browser, url, mix));
      for (const threads of threadCounts) {
        const { measured } = await inPage(browser, url, ['ours', 'llama'], mix, threads, runs);
        const [ours, llama] = measured as [Measured, Measured];
        process.stderr.write(`${mix}, ${threads}: ${ours.name}; ${llama.name}\n`);
        add(compare(`${mix}/${threads}-thread${threads === 1 ? '' : 's'}`, ours, llama));
      }
      add(await onGpu(browser, url, mix));
    }
  } finally {
    await browser.close();
    server.close();
  }
  return rows;
}

interface InPage {
  readonly measured: readonly Measured[];
  readonly peakBytes: number;
}

type InPageArguments = [
  browser: Browser,
  url: string,
  who: readonly ContenderName[],
  mix: string,
  threads: number,
  runs: number,
];

/** wllama 3.8.1 ends one page in some fifty with "Invalid typed array length"; what the other engine measured there goes, too. */
async function inPage(...page: InPageArguments): Promise<InPage> {
  try {
    return await inFreshPage(...page);
  } catch (error) {
    if (!page[2].includes('llama')) throw error;
    process.stderr.write(`Once more: ${(error as Error).message.split('\n')[0]}\n`);
    return inFreshPage(...page);
  }
}

/** In a page of its own each time, so that memory of the one before is gone. */
async function inFreshPage(...[browser, url, who, mix, threads, runs]: InPageArguments): Promise<InPage> {
  const page = await browser.newPage();
  try {
    await page.goto(url);
    await page.waitForFunction(() => window.measure);
    const measured = await page.evaluate(
      ([who, file, threads, runs]) => window.measure(who, file, threads, runs),
      [who, `${mix}.gguf`, threads, runs] as const,
    );
    return { measured, peakBytes: await peakRendererBytes(browser) };
  } finally {
    await page.close();
  }
}

/** Load time and peak memory of each engine alone, on one thread, with an answer of one token. */
async function loadAlone(browser: Browser, url: string, mix: string): Promise<Row[]> {
  const times = { ours: [] as number[], llama: [] as number[] };
  const peaks = { ours: [] as number[], llama: [] as number[] };
  for (let load = 0; load < loads; load++) {
    for (const who of ['ours', 'llama'] as const) {
      const { measured, peakBytes } = await inPage(browser, url, [who], mix, 1, 0);
      times[who].push(measured[0]!.loadMs);
      peaks[who].push(peakBytes);
    }
  }
  const rows = (what: string, unit: string, { ours, llama }: typeof times): Row[] => [
    { name: `ratio/${what}/${mix}/1-thread`, value: median(ours) / median(llama), unit: 'x' },
    { name: `engine/${what}/${mix}/1-thread`, value: median(ours), unit },
    { name: `wllama/${what}/${mix}/1-thread`, value: median(llama), unit },
  ];
  const inMb = { ours: peaks.ours.map(toMb), llama: peaks.llama.map(toMb) };
  return [...rows('load', 'ms', times), ...rows('memory', 'MB', inMb)];
}

const toMb = (bytes: number): number => bytes / 1e6;

function compare(what: string, ours: Measured, llama: Measured): Row[] {
  const rows: Row[] = [];
  for (const phase of ['decode', 'prefill'] as const) {
    const [mine, theirs] = [rate(ours, phase), rate(llama, phase)];
    rows.push({ name: `ratio/${phase}/${what}`, value: mine / theirs, unit: 'x' });
    rows.push({ name: `engine/${phase}/${what}`, value: mine, unit: 'tokens/s' });
    rows.push({ name: `wllama/${phase}/${what}`, value: theirs, unit: 'tokens/s' });
  }
  return [...rows, ...batch(what, ours)];
}

function batch(what: string, ours: Measured): Row[] {
  const together = median(ours.together);
  return [
    { name: `ratio/batch-8/${what}`, value: together / rate(ours, 'decode'), unit: 'x' },
    { name: `engine/batch-8/${what}`, value: together, unit: 'tokens/s' },
  ];
}

const rate = ({ runs }: Measured, phase: 'prefill' | 'decode') => median(runs.map(speeds => speeds[phase]));

/**
 * Ours alone, in the browser, where it has a GPU. Its rival there, @mlc-ai/web-llm, runs models that were compiled for it and lie on
 * the Hub, and no GGUF: it needs the network, and is not measured.
 */
async function onGpu(browser: Browser, url: string, mix: string): Promise<Row[]> {
  try {
    const { measured } = await inPage(browser, url, ['ours'], mix, 0, runs);
    const [ours] = measured as [Measured];
    process.stderr.write(`${mix}: ${ours.name}; web-llm is not measured: its models come from the network\n`);
    const rows = (['decode', 'prefill'] as const).map(phase => ({
      name: `engine/${phase}/${mix}/webgpu`,
      value: rate(ours, phase),
      unit: 'tokens/s',
    }));
    return [...rows, ...batch(`${mix}/webgpu`, ours)];
  } catch (error) {
    process.stderr.write(`${mix}, on WebGPU, not measured: ${(error as Error).message.split('\n')[0]}\n`);
    return [];
  }
}
