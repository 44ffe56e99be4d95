import { expect, test } from 'vitest';
import { settle } from '../../tests/pod/manual-clock.ts';
import { membersSeen, podWorld } from '../../tests/pod/pod-world.ts';
import { PageInvite } from './page-invite.ts';

test('after somebody who came by it is removed, the next page gets another invite, which lets it in', async () => {
  const house = await podWorld();
  const [process, tab, next] = [
    await house.peer('process'),
    await house.peer('tab'),
    await house.peer('next'),
  ];
  await process.pod.create('This machine');
  const invite = await PageInvite.make(process.pod);
  const first = invite.link;
  await tab.pod.join(first);
  await membersSeen(process, 2);
  expect(invite.link).toBe(first);
  await process.pod.remove(tab.id);
  await settle();
  expect(invite.link).not.toBe(first);
  await expect(next.pod.join(first)).rejects.toMatchObject({ kind: 'denied' });
  await next.pod.join(invite.link);
  await membersSeen(process, 2);
  const second = invite.link;
  await process.pod.remove(next.id);
  await settle();
  expect(invite.link).not.toBe(second);
  invite.close();
  await house.close();
});
