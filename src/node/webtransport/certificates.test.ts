import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { createMemoryStore } from '../../store/memory-store.ts';
import { Certificates } from './certificates.ts';

const dayMs = 86_400_000;
const start = Date.parse('2026-11-29T08:00:00Z');
const hex = (hashes: readonly Uint8Array[]) => hashes.map(hash => Buffer.from(hash).toString('hex'));

async function opened(store = createMemoryStore(), today = () => start) {
  const certificates = await Certificates.open(store, today);
  certificates.close();
  return certificates;
}

test('what is shown is what browsers take by its hash', async () => {
  const { present, announced } = await opened();
  const parsed = new X509Certificate(present.certificate);
  expect(Date.parse(parsed.validTo) - Date.parse(parsed.validFrom)).toBeLessThanOrEqual(14 * dayMs);
  expect(Date.parse(parsed.validFrom)).toBeLessThan(start);
  expect(parsed.verify(parsed.publicKey)).toBe(true);
  expect(parsed.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  expect(parsed.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(hex(announced)[0]);
  expect(announced).toHaveLength(2);
});

test('a restart keeps them, and what cannot be read makes new ones', async () => {
  const store = createMemoryStore();
  const before = hex((await opened(store)).announced);
  expect(hex((await opened(store)).announced)).toEqual(before);
  await store.put('keys', 'webtransport-certificates', new TextEncoder().encode('[{"key":1}]'));
  const after = hex((await opened(store)).announced);
  expect(after).toHaveLength(2);
  expect(after).not.toContain(before[0]);
});

test('an address outlives one change, and who was told the one before it is still known', async () => {
  let now = start;
  const certificates = await opened(createMemoryStore(), () => now);
  let changes = 0;
  certificates.onChange = () => changes++;
  const told = hex(certificates.announced);

  now += 12 * dayMs;
  await certificates.renew();
  expect(changes).toBe(0);
  now += dayMs;
  await certificates.renew();
  expect(changes).toBe(1);
  expect(hex([certificates.present.hash])).toEqual([told[1]]);
  expect(hex(certificates.announced)[0]).toBe(told[1]);
  expect(hex(certificates.own).slice(0, 2)).toEqual(told);
  // What is shown is good at every hour until then, with an hour for clocks that differ.
  for (let hour = 0; hour < 60 * 24; hour++) {
    now += 3_600_000;
    await certificates.renew();
    expect(certificates.present.from).toBeLessThan(now - 3_600_000);
    expect(certificates.present.until).toBeGreaterThan(now + 3_600_000);
  }
  expect(changes).toBe(5);
});

test('who was away for long starts anew', async () => {
  const store = createMemoryStore();
  await opened(store);
  const later = start + 40 * dayMs;
  const { present } = await opened(store, () => later);
  expect(present.from).toBeLessThan(later);
  expect(present.until).toBeGreaterThan(later);
});

test('a disk that is full changes nothing', async () => {
  let now = start;
  const store = createMemoryStore();
  const certificates = await opened(store, () => now);
  const before = hex(certificates.announced);
  now += 13 * dayMs;
  store.put = () => Promise.reject(new Error('full'));
  await expect(certificates.renew()).rejects.toThrow('full');
  expect(hex(certificates.announced)).toEqual(before);
});
