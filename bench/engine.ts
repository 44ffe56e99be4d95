/**
 * This engine on the CPU against llama.cpp in WebAssembly (@wllama/wllama): one Chromium, one file, the same lengths of prompt and
 * answer, in turns. Ratios are ours over wllama's, above 1 where ours is faster. Models have Qwen3-0.6B's shape and random weights.
 */
import { chromium } from 'playwright-core';
import type { Measured } from './engine-page/page.ts';
import { servePage } from './engine-page/serve.ts';
import { makeModel } from './models/make-model.ts';
import { mixes, shapes } from './models/shapes.ts';
import { median, type Row } from './row.ts';

const runs = 5;
const threadCounts = [1, 2];

export async function engine(): Promise<Row[]> {
  const models = new Map(mixes.map(mix => [`${mix}.gguf`, makeModel(shapes['0.6B'], mix)]));
  const { server, url } = await servePage(models);
  const browser = await chromium.launch({
    executablePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium',
    args: ['--headless=new', '--no-sandbox', '--disable-background-networking', '--disable-component-update'],
  });
  const rows: Row[] = [];
  try {
    for (const mix of mixes) {
      for (const threads of threadCounts) {
        // A page of its own each time, so that memory of the one before is gone.
        const page = await browser.newPage();
        await page.goto(url);
        await page.waitForFunction(() => window.measure);
        const [ours, llama] = await page.evaluate(
          ([file, threads, runs]) => window.measure(file, threads, runs),
          [`${mix}.gguf`, threads, runs] as const,
        );
        await page.close();
        process.stderr.write(`${mix}, ${threads}: ${ours.name}; ${llama.name}\n`);
        rows.push(...compare(`${mix}/${threads}-thread${threads === 1 ? '' : 's'}`, ours, llama));
      }
    }
  } finally {
    await browser.close();
    server.close();
  }
  return rows;
}

function compare(what: string, ours: Measured, llama: Measured): Row[] {
  const rate = ({ runs }: Measured, phase: 'prefill' | 'decode') => median(runs.map(speeds => speeds[phase]));
  const rows: Row[] = [];
  for (const phase of ['decode', 'prefill'] as const) {
    const [mine, theirs] = [rate(ours, phase), rate(llama, phase)];
    rows.push({ name: `ratio/${phase}/${what}`, value: mine / theirs, unit: 'x' });
    rows.push({ name: `engine/${phase}/${what}`, value: mine, unit: 'tokens/s' });
    rows.push({ name: `wllama/${phase}/${what}`, value: theirs, unit: 'tokens/s' });
  }
  rows.push({ name: `engine/load/${what}`, value: ours.loadMs, unit: 'ms' });
  rows.push({ name: `wllama/load/${what}`, value: llama.loadMs, unit: 'ms' });
  return rows;
}
