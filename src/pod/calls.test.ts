import { expect, test } from 'vitest';
import { ManualClock } from '../../tests/pod/manual-clock.ts';
import { seededRandom } from '../base/random.ts';
import { Calls, type CallsOptions } from './calls.ts';

test('who waits for somebody to come in stops waiting with its signal', async () => {
  const parts = { clock: new ManualClock(), random: seededRandom(1) } satisfies Partial<CallsOptions>;
  const calls = new Calls(parts as unknown as CallsOptions);
  const late = new AbortController();
  const waiting = calls.nextAdmission(late.signal);
  late.abort(new Error('late'));
  await expect(waiting).rejects.toThrow('late');
  await expect(calls.nextAdmission(late.signal)).rejects.toThrow('late');
});
