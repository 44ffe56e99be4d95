/** Engines on one file, in turns, so that what else the machine does falls on all of them. */
import type { Contender, Speeds } from './contender.ts';
import { startLlama } from './llama.ts';
import { startOurs } from './ours.ts';

const starters = { ours: startOurs, llama: startLlama } as const;
export type ContenderName = keyof typeof starters;

export interface Measured {
  readonly name: string;
  readonly loadMs: number;
  readonly runs: readonly Speeds[];
  /** Tokens per second of eight answers at once, where the engine was asked for them. */
  readonly together: readonly number[];
}

declare global {
  interface Window {
    measure(
      who: readonly ContenderName[],
      file: string,
      threads: number,
      runs: number,
    ): Promise<readonly Measured[]>;
  }
}

// Few, because llama.cpp takes a minute for what we do in two seconds.
const promptTokens = 64;
const madeTokens = 16;
const sessions = 8;
const firstPromptTokens = 8;

/** With no runs, the engines load and make one token, which is not timed. */
window.measure = async (who, path, threads, runs) => {
  const file = await (await fetch(path)).blob();
  const contenders: Contender[] = [];
  for (const name of who) contenders.push(await starters[name](file, threads));
  const results = contenders.map(({ name, loadMs }) => ({
    name,
    loadMs,
    runs: [] as Speeds[],
    together: [] as number[],
  }));
  // Not counted: code is compiled in it, and weights are touched for the first time.
  for (const contender of contenders) {
    await contender.run(0, firstPromptTokens, 1);
    if (runs > 0) await contender.together?.(0, sessions, 1);
  }
  for (let run = 1; run <= runs; run++) {
    for (const [index, contender] of contenders.entries()) {
      const speeds = await contender.run(run, promptTokens, madeTokens);
      const together = await contender.together?.(run, sessions, madeTokens);
      results[index]!.runs.push(speeds);
      if (together !== undefined) results[index]!.together.push(together);
    }
  }
  for (const contender of contenders) await contender.close();
  return results;
};
