/**
 * Real tabs over WebRTC on loopback, introduced by a real relay in this process:
 * `node tests/network/run.ts`. Times are printed; asserted are the two that Tabmesh promises.
 */
import assert from 'node:assert/strict';
import { generateKeyPair } from '@libp2p/crypto/keys';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { leadThrough, shapedChromiumFlags } from '../../bench/shaper/lead-through.ts';
import { UdpShaper } from '../../bench/shaper/udp-shaper.ts';
import { KiB } from '../../src/base/bytes.ts';
import { channelWindowBytes } from '../../src/base/limits.ts';
import { createLibp2pNetwork } from '../../src/network/libp2p/create-libp2p-network.ts';
import type { Channel, Network } from '../../src/network/network.ts';
import { servePage } from './serve.ts';
import { overWebTransport } from './webtransport.ts';

const relayKey = await generateKeyPair('Ed25519');
async function startRelay(port: number): Promise<Network> {
  const relay = await createLibp2pNetwork({
    privateKey: relayKey,
    relays: [],
    listen: [`/ip4/127.0.0.1/tcp/${port}/ws`],
    relayServer: true,
    iceServers: [],
  });
  const echo = async (channel: Channel) => {
    for await (const message of channel.messages) await channel.send(message);
  };
  relay.handle(
    { name: '/tabmesh/echo/1', messageBytesMax: 16 * KiB },
    channel => void echo(channel).catch(() => {}),
  );
  return relay;
}
const portOf = (network: Network): number => Number(/\/tcp\/(\d+)\//.exec(network.addresses()[0]!)![1]);

async function until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  const giveUpAt = Date.now() + 20_000;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    assert(Date.now() < giveUpAt, `waited 20 s for ${what}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
/** What people are promised, so it may be asserted: on loopback both take a fraction of it, and what runs beside is no excuse. */
const joinMsMax = 10_000;
const departureMsMax = 3_000;
const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

interface Tab {
  readonly page: Page;
  readonly id: string;
  readonly slot: number;
}

async function openTab(context: BrowserContext, url: string, relays: string[]): Promise<Tab> {
  const page = await context.newPage();
  page.on('pageerror', error => console.error('page error:', error.message));
  await page.goto(url);
  const { id, slot } = await page.evaluate(relays => window.tab.start(relays), relays);
  return { page, id, slot };
}
const webRtcAddresses = (page: Page) =>
  until('a WebRTC address', async () => {
    const addresses = await page.evaluate(() => window.tab.addresses());
    return addresses.some(address => address.includes('/webrtc')) && [...addresses];
  });
const connectionTo = async (page: Page, peer: string) =>
  (await page.evaluate(() => window.tab.connections())).find(each => each.peer === peer);

async function direct(a: Page, b: Page, ids: { a: string; b: string }): Promise<void> {
  const addresses = await webRtcAddresses(b);
  const startedAt = Date.now();
  assert.equal(await a.evaluate(addresses => window.tab.connect(addresses), addresses), ids.b);
  console.log(`  connect ${Date.now() - startedAt} ms`);
  for (const [page, peer] of [[a, ids.b] as const, [b, ids.a] as const]) {
    const connection = await until('a connection', () => connectionTo(page, peer));
    assert.deepEqual([connection.kind, connection.transport], ['direct', 'webrtc']);
    await until('a round trip time', async () => (await connectionTo(page, peer))?.rttMs !== undefined);
    const {
      path,
      bytesSent = 0,
      bytesReceived = 0,
    } = await until('how it goes', async () => {
      const seen = await connectionTo(page, peer);
      return seen?.path && seen;
    });
    assert.equal(path, 'host');
    assert(bytesSent > 0 && bytesReceived > 0, `${bytesSent} bytes went, ${bytesReceived} came`);
    assert.deepEqual(await page.evaluate(() => window.tab.status()), { kind: 'connected', peers: 1 });
  }
  const times = await a.evaluate(peer => window.tab.echo(peer, 100, 15 * 1024), ids.b);
  const sentBefore = await a.evaluate(() => window.tab.sends());
  const small = await a.evaluate(peer => window.tab.echo(peer, 100, 64), ids.b);
  // Beside the messages only what opens and closes their stream, and pings of both sides.
  const sends = (await a.evaluate(() => window.tab.sends())) - sentBefore;
  assert(sends < 150, `100 messages were ${sends} of the data channel`);
  const speed = await a.evaluate(peer => window.tab.stream(peer, 1000, 15 * 1024), ids.b);
  console.log(`  echo 15 KiB ${median(times).toFixed(2)} ms, 64 B ${median(small).toFixed(2)} ms`);
  console.log(`  stream there and back ${speed.toFixed(1)} MiB/s`);
}

/** The relay's process may be a peer too: then its connection is a direct one, over a WebSocket. */
async function withNode(tab: Tab, node: Network): Promise<void> {
  await webRtcAddresses(tab.page);
  await until('a place on the relay', async () => {
    const { kind } = await tab.page.evaluate(() => window.tab.status());
    return kind === 'relay-only';
  });
  const echo = (bytes: number) =>
    tab.page.evaluate(([peer, bytes]) => window.tab.echo(peer, 100, bytes), [node.self, bytes] as const);
  console.log(
    `  echo 15 KiB ${median(await echo(15 * KiB)).toFixed(2)} ms, 64 B ${median(await echo(64)).toFixed(2)} ms`,
  );
  const { kind, transport } = (await connectionTo(tab.page, node.self))!;
  assert.deepEqual([kind, transport], ['direct', 'websocket']);
  await until('the tab at Node', async () => node.connections.peek().some(each => each.peer === tab.id));
}

async function relayed(a: Page, b: Page, peer: string): Promise<void> {
  const circuits = (await webRtcAddresses(b)).filter(address => !address.includes('/webrtc'));
  await a.evaluate(addresses => window.tab.connect(addresses), circuits);
  assert.equal((await connectionTo(a, peer))?.kind, 'relayed');
  assert.equal((await a.evaluate(() => window.tab.status())).kind, 'relay-only');
  const times = await a.evaluate(peer => window.tab.echo(peer, 100, 15 * 1024), peer);
  console.log(`  echo 15 KiB ${median(times).toFixed(2)} ms`);
  await a.evaluate(peer => window.tab.disconnect(peer), peer);
}

/** What members of a pod do that learn of each other at the same time. */
async function bothDial(tabs: readonly [Tab, Tab]): Promise<void> {
  const [a, b] = tabs;
  const [toA, toB] = [await webRtcAddresses(a.page), await webRtcAddresses(b.page)];
  await Promise.all([
    a.page.evaluate(addresses => window.tab.connect(addresses), toB),
    b.page.evaluate(addresses => window.tab.connect(addresses), toA),
  ]);
  for (const [one, other] of [tabs, [b, a]] as const) {
    assert.equal((await connectionTo(one.page, other.id))?.transport, 'webrtc');
    await one.page.evaluate(peer => window.tab.echo(peer, 20, 15 * 1024), other.id);
  }
  await a.page.evaluate(peer => window.tab.disconnect(peer), b.id);
  await until('the other side to see it', async () => !(await connectionTo(b.page, a.id)));
}

async function departure(page: Page, leaver: Page, peer: string): Promise<void> {
  const seen = page.evaluate(peer => window.tab.departure(peer), peer);
  await page.evaluate(() => 0);
  await leaver.close();
  const seenMs = await seen;
  console.log(`  seen after ${seenMs.toFixed(0)} ms`);
  assert(seenMs <= departureMsMax, `the departure was seen after ${seenMs} ms`);
}

/** A page that knows no relay follows an invite, and can then be dialled by others through the relay of that invite. */
async function foreignRelay(context: BrowserContext, url: string, host: Tab): Promise<void> {
  const guest = await openTab(context, url, []);
  assert.equal((await guest.page.evaluate(() => window.tab.status())).kind, 'offline');
  const addresses = await webRtcAddresses(host.page);
  await guest.page.evaluate(addresses => window.tab.connect(addresses), addresses);
  const late = await openTab(context, url, []);
  const toGuest = await webRtcAddresses(guest.page);
  await late.page.evaluate(addresses => window.tab.connect(addresses), toGuest);
  assert.equal((await connectionTo(late.page, guest.id))?.transport, 'webrtc');
  await Promise.all([guest.page.close(), late.page.close()]);
}

/** Chrome refuses the 501st RTCPeerConnection of a page: those that were closed must be let go of, and all that hung on them. */
async function leak(a: Page, b: Page, peer: string): Promise<void> {
  const rounds = 100;
  const probes = await Promise.all([a, b].map(heapProbe));
  const early: number[] = [];
  const startedAt = Date.now();
  const addresses = await webRtcAddresses(b);
  const churn = (count: number) =>
    a.evaluate(([peer, addresses, count]) => window.tab.churn(peer, addresses, count), [
      peer,
      addresses,
      count,
    ] as const);
  await churn(20);
  for (const probe of probes) early.push((await probe.settled()).bytes);
  console.log(`  ${((Date.now() - startedAt) / 20).toFixed(0)} ms a round`);
  await churn(rounds - 20);
  for (const [index, probe] of probes.entries()) {
    const { connections, bytes } = await probe.settled();
    const growth = bytes - early[index]!;
    console.log(
      `  ${connections} of ${rounds} retained, heap ${mib(bytes)} MiB, ${mib(growth)} MiB more than after 20`,
    );
    // 80 rounds that each keep 10 KiB (a closed connection with its channels) would add 0.8 MiB.
    assert(growth < 0.8 * 2 ** 20, `the heap grew by ${growth} bytes`);
  }
}

/** Channels in bulk take further connections, which are closed after, while all else stays on the first. */
async function striped(a: Tab, b: Tab): Promise<void> {
  const probes = await Promise.all([a.page, b.page].map(heapProbe));
  const before = await Promise.all(probes.map(async probe => (await probe.look()).connections));
  const traffic = async (page: Page, peer: string) => {
    const { bytesSent = 0, bytesReceived = 0 } = (await connectionTo(page, peer))!;
    return { bytesSent, bytesReceived };
  };
  await a.page.evaluate(peer => window.tab.openBulk(peer, 4), b.id);
  for (const [index, probe] of probes.entries())
    assert.equal((await probe.look()).connections, before[index]! + 3);
  const [speed] = await Promise.all([
    a.page.evaluate(() => window.tab.takeBulk(16)),
    a.page.evaluate(peer => window.tab.echo(peer, 20, 500), b.id),
    b.page.evaluate(peer => window.tab.echo(peer, 20, 500), a.id),
  ]);
  for (const [index, probe] of probes.entries()) await probe.settled(before[index]);
  await a.page.evaluate(peer => window.tab.echo(peer, 20, 500), b.id);
  for (const { page } of [a, b])
    assert.deepEqual(await page.evaluate(() => window.tab.status()), { kind: 'connected', peers: 1 });
  // Two MiB went over the four together; what went over those that are closed still counts.
  const [atA, atB] = [await traffic(a.page, b.id), await traffic(b.page, a.id)];
  assert(atA.bytesReceived > 1.4 * 2 ** 20, `${atA.bytesReceived} bytes came`);
  assert(atB.bytesSent > 1.4 * 2 ** 20, `${atB.bytesSent} bytes went`);
  console.log(`  4 connections at 20 ms: ${speed.toFixed(1)} MiB/s`);
}

/** Two tabs with a network between them that takes its time and loses packets. */
async function longWay(url: string): Promise<void> {
  const shaper = new UdpShaper(1);
  const browser = await chromium.launch({ executablePath, args: [...flags, ...shapedChromiumFlags] });
  try {
    const context = await browser.newContext();
    await leadThrough(shaper, context);
    shaper.set({ oneWayMs: 10 });
    const [a, b] = [await openTab(context, url, relays), await openTab(context, url, relays)];
    const addresses = await webRtcAddresses(b.page);
    await a.page.evaluate(addresses => window.tab.connect(addresses), addresses);
    const measured = async (page: Page, peer: string) => ((await connectionTo(page, peer))?.rttMs ?? 0) >= 20;
    await until('a round trip through the shaper', () => measured(a.page, b.id));
    await until('a round trip through the shaper', () => measured(b.page, a.id));

    console.log('slices over several connections');
    await striped(a, b);

    console.log('lost packets');
    shaper.set({ oneWayMs: 10, loss: 0.15 });
    const echo = async (urgent: boolean) => {
      const times = await a.page.evaluate(([peer, urgent]) => window.tab.echo(peer, 40, 500, urgent), [
        b.id,
        urgent,
      ] as const);
      return times.reduce((sum, each) => sum + each, 0);
    };
    const [urgent, other] = [await echo(true), await echo(false)];
    console.log(
      `  40 echoes with 15 % loss: urgent ${urgent.toFixed(0)} ms, others ${other.toFixed(0)} ms, ${shaper.counts.lost} packets lost`,
    );
    // Eleven of 40 others wait for SCTP's timeout, and two urgent ones.
    assert(urgent < other, 'what is urgent is there earlier');

    shaper.set({ oneWayMs: 10 });
    await a.page.evaluate(peer => window.tab.openFlood(peer), b.id);
    shaper.set({ oneWayMs: 10, loss: 1 });
    const [count, bytes] = [400, 4000];
    const taken = await a.page.evaluate(([count, bytes]) => window.tab.flood(count, bytes), [
      count,
      bytes,
    ] as const);
    shaper.set({ oneWayMs: 10 });
    console.log(`  ${taken} of ${count} messages taken while nothing arrives`);
    assert(taken > 0 && taken <= channelWindowBytes / bytes + 1, `${taken} messages are beyond the window`);
    await a.page.evaluate(count => window.tab.takeFlood(count), count);
  } finally {
    await browser.close();
    shaper.close();
  }
}

const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(2);

/** What a page still holds after garbage was collected, once at most 3 RTCPeerConnections are left. */
async function heapProbe(page: Page) {
  const session = await page.context().newCDPSession(page);
  const prototype = await session.send('Runtime.evaluate', { expression: 'RTCPeerConnection.prototype' });
  const look = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { objects } = await session.send('Runtime.queryObjects', {
      prototypeObjectId: prototype.result.objectId!,
    });
    const { result } = await session.send('Runtime.callFunctionOn', {
      functionDeclaration: 'function () { return this.length }',
      returnByValue: true,
      objectId: objects.objectId!,
    });
    await session.send('Runtime.releaseObject', { objectId: objects.objectId! });
    const { usedSize: bytes } = await session.send('Runtime.getHeapUsage');
    return { connections: result.value as number, bytes };
  };
  const settled = (most = 3) =>
    until('closed connections to be let go of', async () => {
      const seen = await look();
      return seen.connections <= most && seen;
    });
  return { look, settled };
}

const startedAt = Date.now();
let relay = await startRelay(0);
const relayPort = portOf(relay);
const { server, port } = await servePage(() => relayPort);
const url = `http://127.0.0.1:${port}/page.html`;
const relays = [`/ip4/127.0.0.1/tcp/${port}/ws/p2p/${relay.self}`];
const executablePath = process.env['CHROME_PATH'] ?? '/usr/bin/chromium';
const flags = [
  '--headless=new',
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
];
const browser = await chromium.launch({ executablePath, args: flags });
try {
  const context = await browser.newContext();
  const [a, b] = [await openTab(context, url, relays), await openTab(context, url, relays)];
  assert.notEqual(a.id, b.id);
  assert.deepEqual([a.slot, b.slot], [0, 1]);
  const siblings = (tab: Tab, count: number) =>
    until(`${count} tabs`, async () => (await tab.page.evaluate(() => window.tab.siblings())) === count);
  await siblings(a, 2);
  await siblings(b, 2);

  console.log('a tab and Node');
  await withNode(a, relay);
  console.log('relayed');
  await relayed(a.page, b.page, b.id);
  console.log('both dial at once');
  await bothDial([a, b]);
  console.log('direct');
  await direct(a.page, b.page, { a: a.id, b: b.id });

  console.log('a relay that goes in the middle of an exchange, and comes back');
  let over = false;
  const exchange = a.page
    .evaluate(peer => window.tab.exchange(peer, 4 * 1024), b.id)
    .finally(() => (over = true));
  await relay.stop();
  await until('the lost relay', async () => (await webRtcMissing(a.page)) && (await webRtcMissing(b.page)));
  assert.equal((await connectionTo(a.page, b.id))?.kind, 'direct', 'WebRTC outlives the relay');
  assert(!over, 'the exchange goes on');
  await a.page.evaluate(() => window.tab.endExchange());
  console.log(`  the exchange went on; its longest round trip was ${(await exchange).toFixed(0)} ms`);
  const returnedAt = Date.now();
  relay = await startRelay(relayPort);
  const late = await openTab(context, url, relays);
  const toA = await webRtcAddresses(a.page);
  await late.page.evaluate(addresses => window.tab.connect(addresses), toA);
  assert.equal((await connectionTo(late.page, a.id))?.transport, 'webrtc');
  const joinedMs = Date.now() - returnedAt;
  console.log(`  a new tab joined ${joinedMs} ms after its return`);
  assert(joinedMs <= joinMsMax, `a new tab took ${joinedMs} ms to join`);
  await late.page.close();

  console.log('a tab that closes');
  await departure(a.page, b.page, b.id);
  await siblings(a, 1);
  const c = await openTab(context, url, relays);
  assert.equal(c.slot, 1, 'the slot of the closed tab is free again');
  console.log('a tab that came by the relay of another');
  await foreignRelay(context, url, a);
  console.log('over WebTransport');
  await overWebTransport({ openTab: relays => openTab(context, url, relays), until });
  console.log('retained RTCPeerConnections');
  await leak(a.page, c.page, c.id);
  await a.page.evaluate(() => window.tab.stop());
  assert.equal((await a.page.evaluate(() => window.tab.status())).kind, 'offline');
  await longWay(url);
  console.log(`ok in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
} finally {
  await browser.close();
  server.close();
  server.closeAllConnections();
  await relay.stop();
}

async function webRtcMissing(page: Page): Promise<boolean> {
  return !(await page.evaluate(() => window.tab.addresses())).some(address => address.includes('/webrtc'));
}
