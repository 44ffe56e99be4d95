import { expect, test } from 'vitest';
import type { PeerId } from '../../base/brand.ts';
import type { TabmeshError } from '../../base/error.ts';
import { unreadBytesMax, unreadMessageBytes } from '../../base/limits.ts';
import type { PodDocument } from './pod-document.ts';
import { Sync } from './sync.ts';

const [eve, ben] = ['eve', 'ben'] as [PeerId, PeerId];
const most = unreadBytesMax / unreadMessageBytes;

/** Of a document that answers when `answer` is called. */
function syncWith() {
  const waiting: (() => void)[] = [];
  let asked = 0;
  const document = {
    heads: [],
    forksWith: () => {
      asked += 1;
      return new Promise(resolve => waiting.push(() => resolve([])));
    },
    updateFor: async () => undefined,
  } as unknown as PodDocument;
  const refused: [PeerId, TabmeshError][] = [];
  const sync = new Sync({
    document,
    send: () => {},
    refused: (peer, error) => {
      refused.push([peer, error]);
      sync.drop(peer);
    },
  });
  const answer = async () => {
    while (waiting.length === 0) await Promise.resolve();
    waiting.shift()!();
  };
  return { sync, refused, answer, asked: () => asked };
}

test('who sends more than the document takes meanwhile is cut off, and nobody else', async () => {
  const { sync, refused, asked } = syncWith();
  for (const peer of [eve, ben]) sync.meet(peer);
  sync.hear(ben, { heads: { heads: [] } });
  for (let count = 0; count < 10 * most; count++) sync.hear(eve, { heads: { heads: [] } });
  await new Promise(resolve => setTimeout(resolve));
  expect(refused).toMatchObject([[eve, { kind: 'corrupt' }]]);
  expect(asked()).toBe(1);
  // It comes back while all that still waits.
  sync.meet(eve);
  sync.hear(eve, { heads: { heads: [] } });
  expect(refused).toHaveLength(2);
});

test('who sends as much bit by bit is heard', async () => {
  const { sync, refused, answer, asked } = syncWith();
  sync.meet(eve);
  for (let count = 0; count < 2 * most; count++) {
    sync.hear(eve, { heads: { heads: [] } });
    await answer();
  }
  await new Promise(resolve => setTimeout(resolve));
  expect(refused).toEqual([]);
  expect(asked()).toBe(2 * most);
});
