/** The longest pause between two tokens of an answer in whose middle one of three peers falls silent, or is gone. */
import { median, type Row } from '../row.ts';
import { freshRequest, type MemoryPod, memoryPod, startEngines, tokenTimes } from './memory-pod.ts';

const losses = 10;
const madeTokens = 24;

export async function failover(): Promise<Row[]> {
  const engines = await startEngines(3);
  const pausesOf = async (lose: (pod: MemoryPod, index: number) => void) => {
    const pauses: number[] = [];
    for (let loss = 0; loss < losses; loss++) {
      const pod = await memoryPod(engines, 0);
      await tokenTimes(pod.pods[0]!, freshRequest(loss, 2));
      const times = await tokenTimes(pod.pods[0]!, freshRequest(500 + loss, madeTokens), count => {
        if (count === 4 + loss) lose(pod, 1 + (loss % 2));
      });
      pauses.push(Math.max(...times.slice(1).map((time, index) => time - times[index]!)));
      await pod.close();
    }
    return pauses;
  };
  const silent = await pausesOf((pod, index) => pod.freeze(index));
  const closed = await pausesOf((pod, index) => pod.kill(index));
  await Promise.all(engines.map(engine => engine.close()));
  return [
    { name: 'failover/ms', value: Math.max(...silent), unit: 'ms' },
    { name: 'failover/median-ms', value: median(silent), unit: 'ms' },
    { name: 'failover/closed-ms', value: Math.max(...closed), unit: 'ms' },
  ];
}
