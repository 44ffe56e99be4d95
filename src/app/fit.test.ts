import { expect, test } from 'vitest';
import type { PeerId } from '../base/brand.ts';
import type { Download } from '../peer/downloads.ts';
import type { Member } from '../pod/member.ts';
import { endedOf, leftMs, percentOf, titleOf } from './downloads.ts';
import { fitText, lackText } from './fit.ts';

const member = (id: string, memoryBytes: number): Member => ({
  id: id as PeerId,
  name: `Name-of-${id}`,
  device: { kind: 'cpu', name: 'CPU' },
  memoryBytes,
  link: { kind: 'none' },
  holds: [],
});
const self = 'me' as PeerId;
const pod = [member('me', 1e9), member('other', 3e9)];

test('fits here, in the pod, or nowhere, and by how much', () => {
  expect(fitText(5e8, pod, self)).toBe('Fits in this tab, with 500 MB left for conversations.');
  expect(fitText(2e9, pod, self)).toBe(
    'Fits this pod, about: this tab 500 MB and Name-of-other 1.5 GB, with 2.0 GB left for conversations.',
  );
  expect(fitText(5e9, pod, self)).toBe(
    'Too large by 1.0 GB for what this pod lends now. A smaller quantization of it takes less.',
  );
  expect(fitText(3e9, [member('me', 2e9)], self)).toBe(
    'Too large by 1.0 GB for what this tab uses now. A smaller quantization of it takes less.',
  );
});

test('what is missing is room for layers, or for a conversation', () => {
  expect(lackText(5e9, pod)).toMatch(
    /^Its layers alone are larger than all that by 1\.0 GB: look for a smaller/,
  );
  expect(lackText(4e9, pod)).toMatch(/^Its layers alone would fit: .* room for shorter conversations/);
});

const download = (state: Download['state'], more: Partial<Download> = {}): Download => ({
  ...{ id: 'x', name: 'Tiny', part: 'whole', state, bytes: 996, totalBytes: 1000, bytesPerSecond: 2 },
  fetched: { source: 0, members: 0 },
  ...more,
});

test('the title tells of what runs, and only of that', () => {
  expect(titleOf([download('paused'), download('downloading')])).toBe('99 % of Tiny - ');
  expect(titleOf([download('paused')])).toBe('');
  expect(leftMs(download('downloading'))).toBe(2000);
  expect(percentOf({ bytes: 0, totalBytes: 0 })).toBe(100);
});

test('an end is told once: what is whole or failed for good, and was under way', () => {
  const ready = [download('ready')];
  expect(endedOf([download('verifying')], ready)).toEqual(ready);
  expect(endedOf(ready, ready)).toEqual([]);
  expect(endedOf([], ready)).toEqual([]);
  expect(endedOf([download('downloading')], [download('paused')])).toEqual([]);
  expect(endedOf([download('downloading')], [])).toEqual([]);
  const waits = [download('failed', { retryMs: 5000 })];
  expect(endedOf([download('downloading')], waits)).toEqual([]);
  const failed = [download('failed')];
  expect(endedOf(waits, failed)).toEqual(failed);
});
