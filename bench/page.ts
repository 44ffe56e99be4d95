/** From opening the URL in a browser that has never seen it to the first word of an answer, with the process alone before. */
import { World } from '../tests/e2e/world.ts';
import { medianOf, type Row } from './row.ts';

const runs = 3;

export async function page(): Promise<Row[]> {
  const world = await World.start();
  try {
    const value = await medianOf(runs, async () => {
      const started = performance.now();
      const { page, context } = await world.openTab('bench-page');
      await page.getByRole('textbox', { name: 'Message' }).fill('What is a pod?');
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByRole('article').getByText('A pod').first().waitFor({ timeout: 120_000 });
      const elapsed = performance.now() - started;
      await context.close();
      await world.podIs(({ members }) => members.length === 1);
      return elapsed;
    });
    return [{ name: 'page/first-token-ms', value, unit: 'ms' }];
  } finally {
    await world.stop();
  }
}
