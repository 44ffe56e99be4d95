import { expect, test } from 'vitest';
import { World } from './world.ts';

test('a tab outlives the process that served it, and follows it into its new pod', async () => {
  const world = await World.start();
  try {
    const tab = await world.openLender('tab-one');
    await world.podIs(state => state.members.length === 2 && world.held(state)?.size === 2);
    const { id } = world.pod;
    await world.restartServer();
    expect(world.pod.id).not.toBe(id);
    await world.podIs(state => state.members.length === 2 && world.held(state)?.size === 2);
    await expect
      .poll(() => tab.page.getByRole('status').first().innerText(), { timeout: 20_000 })
      .toMatch('1 peer');
  } finally {
    await world.stop();
  }
});
