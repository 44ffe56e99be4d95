import * as v from 'valibot';
import type { Clock } from '../../base/clock.ts';
import { within } from '../../base/deadline.ts';
import { TabmeshError } from '../../base/error.ts';
import {
  providerListAgeMs,
  providerListBytesMax,
  providerListMs,
  providerModelsMax,
} from '../../base/limits.ts';
import { boundedText } from './bounded-text.ts';
import { dialectOf } from './dialects.ts';
import type { HeldKey, Keyring } from './keyring.ts';
import { readJson } from './read-json.ts';

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(256), v.regex(/^[\x21-\x7e]+$/));
const listSchema = v.object({ data: v.pipe(v.array(v.unknown()), v.maxLength(providerModelsMax)) });
const entrySchema = v.object({ id });

interface Kept {
  readonly at: number;
  readonly names: Promise<readonly string[]>;
}

/** Names of the models of each provider, asked at most once in ten minutes. */
export class ModelLists {
  readonly #keyring: Pick<Keyring, 'send'>;
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(keyring: Pick<Keyring, 'send'>, clock: Clock) {
    this.#keyring = keyring;
    this.#clock = clock;
  }

  /** Without the provider's own prefix. Rejects with a TabmeshError where it does not tell them; the next call asks again. */
  of(key: HeldKey): Promise<readonly string[]> {
    const { id } = key.provider;
    const name = `${id} ${key.revision}`;
    const kept = this.#kept.get(name);
    if (kept && this.#clock.now() - kept.at < providerListAgeMs) return kept.names;
    for (const old of this.#kept.keys()) if (old.startsWith(`${id} `)) this.#kept.delete(old);
    const names = this.#ask(key);
    this.#kept.set(name, { at: this.#clock.now(), names });
    names.catch(() => this.#kept.delete(name));
    return names;
  }

  async #ask({ provider }: HeldKey): Promise<readonly string[]> {
    const late = () =>
      new TabmeshError('timeout', 'router', `${provider.name} does not list its models now.`);
    return within(this.#clock, providerListMs, late, async signal => {
      const { listPath } = dialectOf(provider);
      const response = await this.#keyring.send(provider, listPath, { signal });
      const text = await boundedText(response, providerListBytesMax);
      const parsed = v.safeParse(listSchema, readJson(provider, text));
      if (!parsed.success)
        throw new TabmeshError('corrupt', 'router', `${provider.name} sent what is no list of models.`);
      return (
        parsed.output.data
          .map(entry => v.safeParse(entrySchema, entry))
          .filter(entry => entry.success)
          // Gemini says "models/gemini-...", and takes it without.
          .map(entry => entry.output.id.replace(/^models\//, ''))
      );
    });
  }
}
