/** Real tabs on a relay that tells them of WebTransport alone. Times are printed, beside those of a WebSocket. */
import assert from 'node:assert/strict';
import { generateKeyPair } from '@libp2p/crypto/keys';
import type { Page } from 'playwright-core';
import { freeUdpPort } from '../../src/node/listen.ts';
import { trustedProxies } from '../../src/node/relay/client-address.ts';
import { startRelay } from '../../src/node/relay/start-relay.ts';
import { Certificates } from '../../src/node/webtransport/certificates.ts';
import { loadQuiche } from '../../src/node/webtransport/quiche.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';

export interface Means {
  readonly openTab: (relays: string[]) => Promise<{ readonly page: Page; readonly id: string }>;
  readonly until: <T>(what: string, look: () => Promise<T | undefined | false>) => Promise<T>;
}

const host = '127.0.0.1';
const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

async function relayOf(announce: readonly string[], udpPort: number, connections: number) {
  const certificates = await Certificates.open(createMemoryStore(), Date.now);
  const relay = await startRelay({
    privateKey: await generateKeyPair('Ed25519'),
    host,
    port: 0,
    ...(announce.length > 0 ? { announce } : {}),
    trusted: trustedProxies([]),
    limits: { connections, reservations: connections },
    webTransport: { port: udpPort, certificates },
  });
  const metric = async (line: string) => {
    const text = await (await fetch(`http://${host}:${relay.port}/metrics`)).text();
    return Number(new RegExp(`^tabmesh_relay_${line} (.*)$`, 'm').exec(text)?.[1]);
  };
  return { relay, metric, close: () => relay.close().then(() => certificates.close()) };
}

export async function overWebTransport({ openTab, until }: Means): Promise<void> {
  try {
    loadQuiche();
  } catch (error) {
    console.log(`  left out: ${(error as Error).message}`);
    return;
  }
  const udpPort = await freeUdpPort(host);
  const told = `/ip4/${host}/udp/${udpPort}/quic-v1/webtransport`;
  const { relay, metric, close } = await relayOf([told], udpPort, 3);
  const addresses = [...relay.addresses()];
  assert.equal(addresses.length, 1);
  assert.match(addresses[0]!, /webtransport(\/certhash\/[^/]+){2}\/p2p\//);

  const a = await openTab(addresses);
  const b = await openTab(addresses);
  const [, toB] = [await reachable(a.page, until), await reachable(b.page, until)];
  assert(toB.every(address => address.startsWith(told)));
  assert.equal(await metric('reservations'), 2);
  assert.equal(await metric('accepted_total'), 2);

  console.log('  relayed');
  await relayedEcho(a.page, b, toB);

  console.log('  direct');
  await a.page.evaluate(addresses => window.tab.connect(addresses), toB);
  const seen = (await a.page.evaluate(() => window.tab.connections())).find(({ peer }) => peer === b.id);
  assert.deepEqual([seen?.kind, seen?.transport], ['direct', 'webrtc']);
  await a.page.evaluate(peer => window.tab.echo(peer, 20, 15 * 1024), b.id);

  console.log('  a certificate that is not the one which the address tells');
  const wrong = addresses[0]!.replaceAll(/certhash\/uEi\w{4}/g, 'certhash/uEiAAAA');
  const d = await openTab([wrong]);
  const state = await until('the refusal', async () => {
    const { status, relays } = await d.page.evaluate(() => ({
      status: window.tab.status(),
      relays: window.tab.relays(),
    }));
    return status.kind === 'offline' && relays[0]?.state === 'silent' && status;
  });
  assert.match(state.kind === 'offline' ? state.reason : '', /No relay answers/);
  assert.equal(await metric('refused_total{what="connection"}'), 0);
  await d.page.close();

  console.log('  a subnet that has its share');
  const third = await openTab(addresses);
  await until('the last place', () => hasPlace(third.page));
  const refused = await openTab(addresses);
  await until('who is refused', async () => (await metric('refused_total{what="connection"}')) > 0);
  assert.equal((await refused.page.evaluate(() => window.tab.status())).kind, 'offline');
  await Promise.all([third, refused].map(({ page }) => page.close()));

  console.log('  a relay that stops');
  const stoppedAt = Date.now();
  await close();
  for (const { page } of [a, b]) await until('a lost place', async () => !(await hasPlace(page)));
  console.log(`    seen after ${Date.now() - stoppedAt} ms`);
  await Promise.all([a, b].map(({ page }) => page.close()));

  console.log('  times');
  const both = await relayOf([], await freeUdpPort(host), 8);
  for (const kind of ['/ws/', '/webtransport/']) {
    const relays = both.relay.addresses().filter(address => address.includes(kind));
    const startedAt = Date.now();
    const one = await openTab(relays);
    await until('a place', () => hasPlace(one.page));
    const placeMs = Date.now() - startedAt;
    const other = await openTab(relays);
    const circuits = (await reachable(other.page, until)).filter(address => address.includes(kind));
    const times = await relayedEcho(one.page, other, circuits);
    console.log(
      `    ${kind}: a place after ${placeMs} ms; relayed echo of 64 B ${times.small}, 15 KiB ${times.large} ms`,
    );
    await Promise.all([one, other].map(({ page }) => page.close()));
  }
  await both.close();
}

const hasPlace = async (page: Page): Promise<boolean> =>
  (await page.evaluate(() => window.tab.addresses())).some(address => address.includes('/p2p-circuit'));

const reachable = (page: Page, until: Means['until']) =>
  until('a WebRTC address', async () => {
    const addresses = await page.evaluate(() => window.tab.addresses());
    return addresses.some(address => address.includes('/webrtc/')) && [...addresses];
  });

/** Over the relay alone, there and back; the median in ms. */
async function relayedEcho(page: Page, other: { page: Page; id: string }, addresses: readonly string[]) {
  const circuits = addresses.filter(address => !address.includes('/webrtc/'));
  await page.evaluate(circuits => window.tab.connect(circuits), circuits);
  const seen = (await page.evaluate(() => window.tab.connections())).find(({ peer }) => peer === other.id);
  assert.equal(seen?.kind, 'relayed');
  const echo = async (bytes: number) =>
    median(
      await page.evaluate(([peer, bytes]) => window.tab.echo(peer, 100, bytes), [other.id, bytes] as const),
    ).toFixed(2);
  const times = { small: await echo(64), large: await echo(15 * 1024) };
  await page.evaluate(peer => window.tab.disconnect(peer), other.id);
  return times;
}
