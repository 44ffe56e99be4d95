/** Two peers that ask at once, against the same questions one after the other, with 10 ms between peers each way. */
import { median, type Row } from '../row.ts';
import { freshRequest, memoryPod, startEngines, tokenTimes } from './memory-pod.ts';

const runs = 5;
const madeTokens = 40;

export async function twoRequesters(): Promise<Row[]> {
  const engines = await startEngines(2);
  const { pods, close } = await memoryPod(engines, 10);
  const ratios: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const request = (asker: number, at: number) => freshRequest(100 * run + 10 * asker + at, madeTokens);
    const begun = performance.now();
    for (const [asker, pod] of pods.entries()) await tokenTimes(pod, request(asker, 0));
    const after = performance.now();
    await Promise.all(pods.map((pod, asker) => tokenTimes(pod, request(asker, 1))));
    // The first run loads the heads.
    if (run > 0) ratios.push((after - begun) / (performance.now() - after));
  }
  await close();
  await Promise.all(engines.map(engine => engine.close()));
  return [{ name: 'ratio/two-requesters', value: median(ratios), unit: 'times the tokens/s' }];
}
