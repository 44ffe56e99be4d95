/** Values that nobody sends on purpose. */
import type { Random } from '../../src/base/random.ts';

const keys = ['role', 'content', 'type', 'text', '__proto__', 'constructor', 'length', 'tool_calls'];

export function garbage(random: Random) {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random.next() * from.length)]!;
  const scalar = () =>
    pick<unknown>([
      null,
      true,
      -1,
      1e308,
      '',
      'user',
      '\u0000',
      '\ud800',
      'x'.repeat(999),
      Math.floor(random.next() * 9),
    ]);
  const value = (depth: number): unknown => {
    if (depth === 0 || random.next() < 0.4) return scalar();
    const size = Math.floor(random.next() * 4);
    if (random.next() < 0.5) return Array.from({ length: size }, () => value(depth - 1));
    return Object.fromEntries(Array.from({ length: size }, () => [pick(keys), value(depth - 1)]));
  };
  return { pick, value };
}
