import { words } from '../../src/app/strings.ts';
import type { ProviderServer } from '../cloud/provider-server.ts';
import type { Tab } from '../e2e/world.ts';

const { keys } = words.settings;

/** On the page of settings: a key for a provider of one's own, called "house". */
export async function keepKey({ page }: Tab, { providers }: ProviderServer, key: string): Promise<void> {
  const own = page.getByRole('region', { name: keys.title, exact: true });
  await own.getByLabel(keys.provider, { exact: true }).selectOption({ label: keys.own });
  await own.getByLabel(keys.name, { exact: true }).fill('house');
  await own
    .getByLabel(keys.address, { exact: true })
    .fill(providers.find(({ id }) => id === 'openai')!.baseUrl);
  await own.getByLabel(keys.key, { exact: true }).fill(key);
  await own.getByRole('button', { name: keys.add, exact: true }).click();
  await own.getByText(keys.kept('house')).waitFor();
}
