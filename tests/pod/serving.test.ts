/** What a pod serves, to whom it is told, and when it ends. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ModelId } from '../../src/base/brand.ts';
import { isKind } from '../../src/base/error.ts';
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
