import { TabmeshError } from '../../base/error.ts';
import { clientCentsMax, clientRequestsMax } from '../../base/limits.ts';
import { systemRandom } from '../../base/random.ts';
import { openFilesStore } from '../../store/files-store.ts';
import { type ClientKey, ClientKeys, type ClientRights } from '../clients/client-keys.ts';
import { dataFolder } from '../data-folder.ts';
import type { Command } from './command.ts';
import { numberOption } from './numbers.ts';

export const key: Command = {
  usage:
    'key                                  keys of the clients of this gateway; --make NAME shows a new one once\n' +
    '                                       (--per-minute N requests, --cents-per-day N, --models A,B),\n' +
    '                                       --revoke ID; once there was one, nobody asks without; --clear ends that',
  options: {
    make: { type: 'string' },
    'per-minute': { type: 'string' },
    'cents-per-day': { type: 'string' },
    models: { type: 'string' },
    revoke: { type: 'string' },
    clear: { type: 'boolean' },
  },
  async run(values, [extra]) {
    if (extra !== undefined) throw new TabmeshError('invalid', 'node', 'key takes no FILE.');
    const { make, revoke, clear, json } = values;
    if ([make, revoke, clear].filter(each => each !== undefined).length > 1)
      throw new TabmeshError('invalid', 'node', 'key takes one of --make, --revoke and --clear.');
    const limits = ['per-minute', 'cents-per-day', 'models'].filter(name => values[name] !== undefined);
    if (make === undefined && limits.length > 0)
      throw new TabmeshError('invalid', 'node', `--${limits[0]} belongs to --make NAME.`);
    const keys = new ClientKeys(await openFilesStore(dataFolder()));
    if (typeof make === 'string') {
      const made = await keys.make(rightsOf(make, values), systemRandom, Date.now);
      if (json) console.log(JSON.stringify(made));
      else console.log(`${made.key}\nThis is shown once; only its hash is kept. Its id is ${made.id}.`);
      return 0;
    }
    if (typeof revoke === 'string') await keys.revoke(revoke);
    if (clear) await keys.clear();
    print(await keys.list(), Boolean(json));
    return 0;
  },
};

function rightsOf(name: string, values: Record<string, unknown>): ClientRights {
  const { models } = values;
  const list =
    typeof models === 'string'
      ? models
          .split(',')
          .map(each => each.trim())
          .filter(Boolean)
      : [];
  const limit = (option: string, max: number, whole: boolean) =>
    values[option] === undefined
      ? undefined
      : numberOption(values[option], option, 0, { min: 0, max, whole });
  const perMinute = limit('per-minute', clientRequestsMax, true);
  const centsPerDay = limit('cents-per-day', clientCentsMax, false);
  return {
    name,
    ...(perMinute === undefined ? {} : { perMinute }),
    ...(centsPerDay === undefined ? {} : { centsPerDay }),
    ...(models === undefined ? {} : { models: list }),
  };
}

function print(list: readonly ClientKey[], json: boolean): void {
  const shown = list.map(({ id, sha256, end, made, rights }) => ({
    id,
    revoked: sha256 === undefined,
    end,
    made: new Date(made).toISOString(),
    ...rights,
  }));
  if (json) console.log(JSON.stringify({ keys: shown }));
  else if (shown.length === 0) console.log('No key was made: programs of this machine may ask without one.');
  else
    for (const { id, revoked, end, name, perMinute, centsPerDay, models } of shown) {
      const limits = [
        perMinute === undefined ? '' : `${perMinute} a minute`,
        centsPerDay === undefined ? '' : `${centsPerDay} cents a day`,
        models === undefined ? '' : `only ${models.join(', ') || 'no model'}`,
      ].filter(Boolean);
      const rights = revoked ? 'revoked' : limits.join(', ') || 'no limits';
      console.log(`${id}  pk_...${end}  ${name.padEnd(16)} ${rights}`);
    }
}
