import { Worker } from 'node:worker_threads';
import { afterEach, expect, test, vi } from 'vitest';
import { hangsOver } from '../../../tests/pod/hanging-update.ts';
import { ManualClock } from '../../../tests/pod/manual-clock.ts';
import { documentsOf, founding, testDesk } from '../../../tests/pod/test-documents.ts';
import type { PeerId } from '../../base/brand.ts';
import { documentCallMs } from '../../base/limits.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { connectDesk } from './connect-desk.ts';
import { PodDocument } from './pod-document.ts';

// Workers of Node start in seconds where the machine is busy.
vi.setConfig({ testTimeout: 60_000 });

const workers: Worker[] = [];
const ends: Promise<unknown>[] = [];
function start(): Worker {
  const worker = new Worker(new URL('../../../tests/pod/hanging-worker.ts', import.meta.url));
  workers.push(worker);
  ends.push(new Promise(resolve => worker.on('exit', resolve)));
  return worker;
}
afterEach(async () => {
  await Promise.all(workers.splice(0).map(worker => worker.terminate()));
});

const partsOf = (name: string, desk = testDesk()) => ({
  ...documentsOf(name, createMemoryStore(), () => 5),
  self: name as PeerId,
  desk,
});

test('an update over which the worker hangs is refused, its worker ended, and the document goes on in another', async () => {
  const clock = new ManualClock();
  const theirs = await PodDocument.found(partsOf('ann'), founding, () => {});
  const ours = await PodDocument.open(theirs.id, partsOf('ben', connectDesk(start, clock)), () => {});
  await ours.merge((await theirs.updateFor([]))!);
  await theirs.say({ kind: 'rename', name: 'Goes on' });
  const update = (await theirs.updateFor(ours.heads))!;

  const hanging = ours.merge(Uint8Array.of(hangsOver));
  const refused = expect(hanging).rejects.toMatchObject({ kind: 'corrupt' });
  const next = ours.merge(update);
  await clock.pass(documentCallMs + 1_000);
  await refused;
  await next;
  expect(ours.view).toEqual(theirs.view);
  expect(workers).toHaveLength(2);
  await ends[0];
});

test('what waits for its turn is not taken for what hangs', async () => {
  const clock = new ManualClock();
  const desk = connectDesk(start, clock);
  const theirs = await PodDocument.found(partsOf('ann'), founding, () => {});
  const [one, other] = await Promise.all([
    PodDocument.open(theirs.id, partsOf('ben', desk), () => {}),
    PodDocument.open(theirs.id, partsOf('eve', desk), () => {}),
  ]);
  const update = (await theirs.updateFor([]))!;
  const refused = expect(one.merge(Uint8Array.of(hangsOver))).rejects.toMatchObject({ kind: 'corrupt' });
  await clock.pass(documentCallMs / 2);
  const waiting = other.merge(update);
  await clock.pass(documentCallMs / 2 + 1_000);
  await refused;
  await waiting;
  expect(other.view).toEqual(theirs.view);
});

test('a worker that ends by itself is told as lost to who waits, and another takes the next call', async () => {
  const clock = new ManualClock();
  const desk = connectDesk(start, clock);
  const theirs = await PodDocument.found(partsOf('ann'), founding, () => {});
  await desk.open('x', theirs.id, 'ben' as PeerId);
  const hanging = desk.merge('x', Uint8Array.of(hangsOver));
  const lost = expect(hanging).rejects.toMatchObject({ kind: 'lost' });
  await clock.pass(0);
  await workers[0]!.terminate();
  await lost;
  await expect(desk.updateFor('x', [])).rejects.toMatchObject({ kind: 'not-found' });
});
