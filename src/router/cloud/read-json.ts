import { TabmeshError } from '../../base/error.ts';
import type { Provider } from './providers.ts';

/** Throws TabmeshError('corrupt', 'router'). */
export function readJson({ name }: Provider, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = `${name} sent what cannot be read. What it gave before is kept; ask again.`;
    throw new TabmeshError('corrupt', 'router', reason, { cause });
  }
}
