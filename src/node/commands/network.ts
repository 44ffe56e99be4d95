import { open } from 'node:fs/promises';
import { TabmeshError } from '../../base/error.ts';
import { settingsBytesMax } from '../../base/limits.ts';
import { checkSettings, type KeptSettings, noSettings, openSettings } from '../../network/settings.ts';
import { openFilesStore } from '../../store/files-store.ts';
import { dataFolder } from '../data-folder.ts';
import type { Command } from './command.ts';

export const network: Command = {
  usage:
    'network                              what npm start uses of the network from its next start: --relays A,B to be\n' +
    '                                       reachable through, or all that a tab can set in --file FILE\n' +
    '                                       ({"relays":[...],"iceServers":[...]}); --clear takes it back',
  options: {
    relays: { type: 'string' },
    file: { type: 'string' },
    clear: { type: 'boolean' },
  },
  async run(values, [extra]) {
    if (extra !== undefined)
      throw new TabmeshError('invalid', 'node', 'network takes no FILE without --file.');
    const { relays, file, clear } = values;
    if ([relays, file, clear].filter(each => each !== undefined).length > 1)
      throw new TabmeshError('invalid', 'node', 'network takes one of --relays, --file and --clear.');
    const settings = await openSettings(await openFilesStore(dataFolder()));
    if (clear) await settings.change(() => noSettings);
    else if (typeof file === 'string') {
      const read = await readSettings(file);
      await settings.change(() => read);
    } else if (typeof relays === 'string') {
      const named = relays
        .split(',')
        .map(each => each.trim())
        .filter(Boolean);
      await settings.change(now => ({ ...now, relays: named }));
    }
    print(settings, Boolean(values['json']));
    return 0;
  },
};

async function readSettings(path: string) {
  const text = await readLimited(path).catch(() => {
    throw new TabmeshError('not-found', 'node', `There is no file ${path} that can be read.`);
  });
  try {
    return checkSettings(JSON.parse(text));
  } catch (error) {
    if (error instanceof TabmeshError) throw error;
    throw new TabmeshError('invalid', 'node', `${path} is no JSON of at most ${settingsBytesMax} bytes.`);
  }
}

/** A longer one is cut, and so no JSON. */
async function readLimited(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(settingsBytesMax), 0, settingsBytesMax, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** User names and passwords of TURN servers are not shown. */
function print(settings: KeptSettings, json: boolean): void {
  const { relays, iceServers } = settings.peek();
  const servers = iceServers?.flatMap(({ urls }) => urls);
  if (json) {
    console.log(JSON.stringify({ relays, ...(servers ? { iceServers: servers } : {}) }));
    return;
  }
  console.log(relays.length > 0 ? `Relays\n  ${relays.join('\n  ')}` : 'No relays.');
  if (servers)
    console.log(
      `ICE servers, which are used where there is WebRTC: in tabs, not in Node\n  ${servers.join('\n  ') || 'none'}`,
    );
  console.log('A process that runs takes this when it is started again.');
}
