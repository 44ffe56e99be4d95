/** What a pod serves, to whom it is told, and when it ends. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ModelId } from '../../src/base/brand.ts';
import { MiB } from '../../src/base/bytes.ts';
import { isKind } from '../../src/base/error.ts';
import { headBytes, layerBytes } from '../../src/model/slice.ts';
import {
  answerOf,
  anybody,
  ask,
  file,
  membersSeen,
  type PodWorld,
  podWorld,
  routes,
  tiny,
  when,
} from './pod-world.ts';

vi.setConfig({ testTimeout: 60_000 });
const page = 'https://example.org/app';

let house: PodWorld;
beforeEach(async () => {
  house = await podWorld();
});
afterEach(() => house.close());

test('a file that was opened alone goes into no pod, and still answers its owner', async () => {
  const [a, b] = [await house.peer('a'), await house.peer('b')];
  await a.pod.serve(file, 'My notes');
  const alone = await answerOf(a, ask({ model: file }));
  await b.pod.create('Workshop');
  await a.pod.join(await b.pod.invite(page, anybody));
  await membersSeen(b, 2);
  await when(a, state => state.members[0]!.holds.some(each => each.model === file));
  const answer = await answerOf(a, ask({ model: file }));
  expect(answer.tokens).toEqual(alone.tokens);
  expect(routes(answer)).toEqual([['a 0-6']]);
  expect(a.state().models).toMatchObject([{ id: file, name: 'My notes' }]);
  expect(JSON.stringify(b.state())).not.toContain('notes');
  expect(JSON.stringify(b.state())).not.toContain(file);
  await b.pod.setRole(a.id, 'admin');
  await when(a, ({ document }) => document?.members.find(each => each.peer === a.id)?.role === 'admin');
  expect(b.pod.preview(await a.pod.invite(page, anybody)).models).toEqual([]);
});

test('an invite tells beforehand what a newcomer would fetch: its part of the layers, by what both lend, and the head', async () => {
  const [a, b] = [await house.peer('a', 64 * MiB), await house.peer('b', 64 * MiB)];
  const link = await house.together(tiny, a);
  const { model } = (await a.library.open(tiny))!;
  const layers = Array.from({ length: model.hyper.layers }, (_, layer) => layerBytes(model, layer));
  const all = layers.reduce((sum, bytes) => sum + bytes, 0);
  const offer = (layerBytes: number) => [{ name: tiny, layerBytes, headBytes: headBytes(model) }];
  const fresh = await a.pod.invite(page, anybody);
  expect(b.pod.preview(fresh, 64 * MiB).models).toEqual(offer(all / 2));
  expect(b.pod.preview(fresh, 0).models).toEqual(offer(0));
  expect(b.pod.preview(fresh, 1000).models).toEqual(
    offer(Math.min(1000, Math.round((all * 1000) / (64 * MiB + 1000)))),
  );
  const viewer = await a.pod.invite(page, { ...anybody, role: 'viewer' });
  expect(b.pod.preview(viewer, 64 * MiB).models).toEqual(offer(0));
  // And so it comes, but for whole layers.
  await b.pod.join(link);
  await when(b, ({ members }) => members.length === 2 && members[0]!.holds.length > 0);
  const { first, last } = b.state().members[0]!.holds[0]!.layers;
  const fetched = layers.slice(first, last).reduce((sum, bytes) => sum + bytes, 0);
  expect(Math.abs(fetched - all / 2)).toBeLessThan(Math.max(...layers));
});

test('a link with a secret is not served in company, and not told to those who come later', async () => {
  const secret = 'https://example.org/m.gguf?token=abc' as ModelId;
  const [a, b] = [await house.peer('a'), await house.peer('b')];
  await a.pod.serve(secret, 'private');
  await a.pod.create('Workshop');
  await b.pod.join(await a.pod.invite(page, anybody));
  await membersSeen(a, 2);
  expect(JSON.stringify(b.state())).not.toContain('token');
  const refused = await b.pod.serve(secret, 'private').catch((error: unknown) => error);
  expect(isKind(refused, 'denied')).toBe(true);
});

test('what nobody present serves holds no memory', async () => {
  const [a, b, c] = [await house.peer('a'), await house.peer('b'), await house.peer('c')];
  await house.together(tiny, a, b, c);
  house.world.kill(a.id);
  for (const peer of [b, c]) {
    await when(peer, ({ members, models }) => {
      const held = members.some(member => member.holds.length > 0);
      return members.length === 2 && models.length === 0 && !held;
    });
  }
});

test('an answer outlives the member who brought its model', async () => {
  const [a, b, c] = [await house.peer('a'), await house.peer('b'), await house.peer('c')];
  await house.together(tiny, a, b, c);
  const whole = await answerOf(b, ask());
  const answer = await answerOf(b, ask(), {
    at: count => {
      if (count === 5) house.world.kill(a.id);
    },
  });
  expect(answer.tokens).toEqual(whole.tokens);
  for (const peer of [b, c]) await when(peer, ({ models }) => models.length === 0);
});
