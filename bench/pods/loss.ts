/**
 * What lost packets cost an answer: two tabs of one Chromium hold half of the guide each, and a UDP shaper between
 * them lets a packet take 25 ms and loses some of them.
 */
import { World } from '../../tests/e2e/world.ts';
import { median, type Row } from '../row.ts';
import { leadThrough, shapedChromiumFlags } from '../shaper/lead-through.ts';
import { UdpShaper } from '../shaper/udp-shaper.ts';
import { join, newPod, tokenTimes, waitForMembers } from '../tabs.ts';

const oneWayMs = 25;
const losses = [0, 0.05, 0.15];
const rounds = 5;
const question = 'What is a pod?';

export async function loss(): Promise<Row[]> {
  const world = await World.start(shapedChromiumFlags);
  const shaper = new UdpShaper(1);
  try {
    const openTab = async (name: string) => {
      const context = await world.newPerson(name);
      await leadThrough(shaper, context);
      return world.openTabIn(context);
    };
    shaper.set({ oneWayMs });
    const one = await openTab('bench-one');
    const link = await newPod(one.page);
    const two = await openTab('bench-two');
    await join(two.page, link);
    await waitForMembers(one.page, 2);
    // The first answer also loads layers.
    await tokenTimes(one.page, question, 1);
    const tokenMs = losses.map((): number[] => []);
    // By turns, so that what else the machine does slows all.
    for (let round = 0; round < rounds; round++) {
      for (const [index, loss] of losses.entries()) {
        shaper.set({ oneWayMs, loss });
        const [pace] = await tokenTimes(one.page, question, 1);
        tokenMs[index]!.push(pace!.drawnMs);
      }
    }
    const [clean, few, many] = tokenMs.map(median);
    return [
      { name: 'ratio/loss-5', value: clean! / few!, unit: 'of the clean speed' },
      { name: 'ratio/loss-15', value: clean! / many!, unit: 'of the clean speed' },
      { name: 'loss/clean-token-ms', value: clean!, unit: 'ms' },
    ];
  } finally {
    await world.stop();
    shaper.close();
  }
}
