import { text } from 'node:stream/consumers';
import { systemClock } from '../../base/clock.ts';
import { TabmeshError } from '../../base/error.ts';
import { createOwnKeys, type Keys } from '../../router/cloud/keys.ts';
import { builtInProviders } from '../../router/cloud/providers.ts';
import { openFilesStore } from '../../store/files-store.ts';
import { dataFolder } from '../data-folder.ts';
import { fileWrappingKey } from '../wrapping-key.ts';
import type { Command } from './command.ts';

export const keys: Command = {
  usage:
    'keys                                 which providers have a key here; --set NAME reads one from\n' +
    '                                       standard input (--url ADDRESS for a server of your own),\n' +
    '                                       --test NAME shows it to its provider, --remove NAME',
  options: {
    set: { type: 'string' },
    url: { type: 'string' },
    test: { type: 'string' },
    remove: { type: 'string' },
  },
  async run({ set, url, test, remove, json }, _, signal) {
    const folder = dataFolder();
    const store = await openFilesStore(folder);
    const own = createOwnKeys({
      store,
      wrappingKey: () => fileWrappingKey(folder),
      providers: builtInProviders,
      clock: systemClock,
      fetch,
    });
    const given = [set, test, remove].filter(each => each !== undefined);
    if (given.length > 1)
      throw new TabmeshError('invalid', 'node', 'keys takes one of --set, --test and --remove.');
    if (typeof set === 'string') await own.keys.set(set, await readSecret(), url as string | undefined);
    if (typeof remove === 'string') await own.keys.remove(remove);
    if (typeof test === 'string') await own.keys.test(test, signal);
    // What another process stored is read anew.
    await own.destinations();
    print(own.keys, Boolean(json));
  },
};

/** From standard input, since arguments of a command are seen by every process of the machine. */
async function readSecret(): Promise<string> {
  if (process.stdin.isTTY) console.error('Paste the key, press Enter, then Ctrl-D.');
  return text(process.stdin);
}

function print({ providers }: Keys, json: boolean): void {
  const list = providers.peek().map(({ id, baseUrl, held }) => ({ id, baseUrl, held }));
  if (json) console.log(JSON.stringify({ providers: list }));
  else
    for (const { id, baseUrl, held } of list)
      console.log(`${id.padEnd(12)} ${(held ? 'key is set' : 'no key').padEnd(12)} ${baseUrl}`);
}
