/** Engines side by side on one file, in turns, so that what else the machine does falls on all of them. */
import type { Contender, Speeds } from './contender.ts';
import { startLlama } from './llama.ts';
import { startOurs } from './ours.ts';

export interface Measured {
  readonly name: string;
  readonly loadMs: number;
  readonly runs: readonly Speeds[];
}

declare global {
  interface Window {
    measure(file: string, threads: number, runs: number): Promise<readonly [ours: Measured, llama: Measured]>;
  }
}

// Few, because llama.cpp takes a minute for what we do in two seconds.
const promptTokens = 64;
const madeTokens = 16;

window.measure = async (path, threads, runs) => {
  const file = await (await fetch(path)).blob();
  const contenders: readonly [Contender, Contender] = [
    await startOurs(file, threads),
    await startLlama(file, threads),
  ];
  const results: [Speeds[], Speeds[]] = [[], []];
  // The first turn is not counted: code is compiled in it, and weights are touched for the first time.
  for (let run = 0; run <= runs; run++) {
    for (const [index, contender] of contenders.entries()) {
      const speeds = await contender.run(run, promptTokens, madeTokens);
      if (run > 0) results[index]!.push(speeds);
    }
  }
  for (const contender of contenders) await contender.close();
  const measured = (index: 0 | 1): Measured => {
    const { name, loadMs } = contenders[index];
    return { name, loadMs, runs: results[index] };
  };
  return [measured(0), measured(1)];
};
