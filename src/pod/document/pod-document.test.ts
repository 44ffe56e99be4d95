import { expect, test } from 'vitest';
import { documentsOf, founding, testDesk } from '../../../tests/pod/test-documents.ts';
import type { PeerId } from '../../base/brand.ts';
import { TabmeshError } from '../../base/error.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import type { Desk } from './desk.ts';
import { PodDocument } from './pod-document.ts';

/** A worker that dies with its next call, after that call where `late`; another one starts empty, as connectDesk has it. */
function crashingDesk() {
  let desk = testDesk();
  let dies: 'never' | 'before' | 'after' = 'never';
  const call = async <T>(work: (desk: Desk) => Promise<T>): Promise<T> => {
    const how = dies;
    dies = 'never';
    if (how === 'after') await work(desk);
    if (how === 'never') return work(desk);
    desk = testDesk();
    throw new TabmeshError('lost', 'pod', "The worker that keeps the pod's document failed.");
  };
  const through: Desk = {
    open: (...given) => call(each => each.open(...given)),
    add: (...given) => call(each => each.add(...given)),
    merge: (...given) => call(each => each.merge(...given)),
    updateFor: (...given) => call(each => each.updateFor(...given)),
    forksWith: (...given) => call(each => each.forksWith(...given)),
    sealedAt: (...given) => call(each => each.sealedAt(...given)),
    close: (...given) => call(each => each.close(...given)),
  };
  return {
    desk: through,
    die: (when: 'before' | 'after') => {
      dies = when;
    },
  };
}

const partsOf = (name: string, desk: Desk, store = createMemoryStore()) => ({
  ...documentsOf(name, store, () => 5),
  self: name as PeerId,
  desk,
});
const nothing = () => {};

test.each(['before', 'after'] as const)(
  'where its worker dies %s it has done what was asked, the document is opened anew, and nothing is said twice',
  async when => {
    const { desk, die } = crashingDesk();
    const ours = await PodDocument.found(partsOf('ann', desk), founding, nothing);
    const theirs = await PodDocument.open(ours.id, partsOf('ben', testDesk()), nothing);
    for (const name of ['One', 'Two', 'Three']) {
      die(when);
      await ours.say({ kind: 'rename', name });
      expect(ours.view?.name).toBe(name);
      die(when);
      await theirs.merge((await ours.updateFor(theirs.heads))!);
      expect(theirs.view).toEqual(ours.view);
      expect(theirs.view?.liars).toEqual([]);
    }
    const other = crashingDesk();
    const third = await PodDocument.open(ours.id, partsOf('eve', other.desk), nothing);
    for (const name of ['Four', 'Five']) {
      await ours.say({ kind: 'rename', name });
      other.die(when);
      await third.merge((await ours.updateFor(third.heads))!);
      expect(third.view).toEqual(ours.view);
    }
  },
);

test('what kills the worker every time is given up, and the next thing works', async () => {
  const { desk, die } = crashingDesk();
  const ours = await PodDocument.found(partsOf('ann', desk), founding, nothing);
  const deadly: Desk = {
    ...desk,
    merge: () => {
      die('before');
      return desk.merge('x', new Uint8Array());
    },
  };
  const again = await PodDocument.open(ours.id, partsOf('ben', deadly), nothing);
  await expect(again.merge(new Uint8Array([1]))).rejects.toMatchObject({ kind: 'lost' });
  await ours.say({ kind: 'rename', name: 'Still here' });
  expect(ours.view?.name).toBe('Still here');
});

test('what is asked of a document that was closed does not open it again', async () => {
  const desk = testDesk();
  let opened = 0;
  const counted: Desk = {
    ...desk,
    open: (...given) => {
      opened += 1;
      return desk.open(...given);
    },
  };
  const ours = await PodDocument.found(partsOf('ann', counted), founding, nothing);
  const closing = ours.close();
  await expect(ours.updateFor([])).rejects.toMatchObject({ kind: 'not-found' });
  await closing;
  expect(opened).toBe(1);
});
