/**
 * What one more peer costs a token over real WebRTC: two tabs of one Chromium split the embedded model, against one
 * tab that holds all of it. Both compute on the CPU, one after the other, so the difference is the way there and back:
 * two hops, as a token makes as many as there are tabs.
 */
import type { Page } from 'playwright-core';
import { World } from '../tests/e2e/world.ts';
import { median, type Row } from './row.ts';
import { join, newPod, tokenTimes, waitForMembers } from './tabs.ts';

const runs = 5;
const question = 'What is a pod?';

export async function hop(): Promise<Row[]> {
  const world = await World.start();
  try {
    const one = await world.openTab('bench-one');
    const link = await newPod(one.page);
    const alone = await tokenMs(one.page);
    const two = await world.openTab('bench-two');
    await join(two.page, link);
    await waitForMembers(one.page, 2);
    const shared = await tokenMs(one.page);
    return [
      { name: 'hop/token-ms/1-tab', value: alone, unit: 'ms' },
      { name: 'hop/token-ms/2-tabs', value: shared, unit: 'ms' },
      { name: 'hop/there-and-back-ms', value: shared - alone, unit: 'ms' },
      { name: 'hop/added-ms', value: (shared - alone) / 2, unit: 'ms' },
    ];
  } finally {
    await world.stop();
  }
}

/** The first answer also loads layers. Told and not drawn, for an answer of 0.2 s is drawn four times. */
const tokenMs = async (page: Page): Promise<number> =>
  median((await tokenTimes(page, question, runs + 1)).slice(1).map(({ toldMs }) => toldMs));
