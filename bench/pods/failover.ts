/** The longest pause between two tokens of an answer in whose middle a peer is killed, over 20 kills of three peers. */
import { median, type Row } from '../row.ts';
import { freshRequest, memoryPod, startEngines, tokenTimes } from './memory-pod.ts';

const kills = 20;
const madeTokens = 24;

export async function failover(): Promise<Row[]> {
  const engines = await startEngines(3);
  const pauses: number[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const pod = await memoryPod(engines, 0);
    await tokenTimes(pod.pods[0]!, freshRequest(kill, 2));
    const times = await tokenTimes(pod.pods[0]!, freshRequest(500 + kill, madeTokens), count => {
      if (count === 4 + (kill % 16)) pod.kill(1 + (kill % 2));
    });
    pauses.push(Math.max(...times.slice(1).map((time, index) => time - times[index]!)));
    await pod.close();
  }
  await Promise.all(engines.map(engine => engine.close()));
  return [
    { name: 'failover/ms', value: Math.max(...pauses), unit: 'ms' },
    { name: 'failover/median-ms', value: median(pauses), unit: 'ms' },
  ];
}
