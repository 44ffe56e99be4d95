/**
 * What a slice gains by several connections to one peer: two tabs of one Chromium, 50 ms round trip through a UDP shaper, and a fetch over
 * one channel and over four, which the network leads over four RTCPeerConnections.
 */
import { generateKeyPair } from '@libp2p/crypto/keys';
import { chromium, type Page } from 'playwright-core';
import { createLibp2pNetwork } from '../src/network/libp2p/create-libp2p-network.ts';
import { chromiumFlags } from '../tests/chromium-flags.ts';
import { servePage } from '../tests/network/serve.ts';
import type { Row } from './row.ts';
import { leadThrough, shapedChromiumFlags } from './shaper/lead-through.ts';
import { UdpShaper } from './shaper/udp-shaper.ts';

const oneWayMs = 25;
/** Pieces of 32 KiB in all: 20 MiB, and less where they take longer. */
const cases = [
  { loss: 0, pieces: 640 },
  { loss: 0.01, pieces: 200 },
  { loss: 0.05, pieces: 60 },
];
const counts = [1, 2, 4];

export async function stripes(): Promise<Row[]> {
  const relay = await createLibp2pNetwork({
    privateKey: await generateKeyPair('Ed25519'),
    relays: [],
    listen: ['/ip4/127.0.0.1/tcp/0/ws'],
    relayServer: true,
    iceServers: [],
  });
  const relayPort = Number(/\/tcp\/(\d+)\//.exec(relay.addresses()[0]!)![1]);
  const { server, port } = await servePage(() => relayPort);
  const relays = [`/ip4/127.0.0.1/tcp/${port}/ws/p2p/${relay.self}`];
  const executablePath = process.env['CHROME_PATH'] ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags, ...shapedChromiumFlags] });
  const shaper = new UdpShaper(1);
  try {
    const context = await browser.newContext();
    await leadThrough(shaper, context);
    const openTab = async () => {
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${port}/page.html`);
      return { page, id: (await page.evaluate(relays => window.tab.start(relays), relays)).id };
    };
    const rows: Row[] = [];
    for (const { loss, pieces } of cases) {
      for (const count of counts) {
        // New tabs each time: a connection starts slowly and grows faster.
        shaper.set({ oneWayMs });
        const [asker, giver] = [await openTab(), await openTab()];
        const addresses = await webRtcAddresses(giver.page);
        await asker.page.evaluate(addresses => window.tab.connect(addresses), addresses);
        await measured(asker.page, giver.id);
        shaper.set({ oneWayMs, loss });
        const share = Math.floor(pieces / count);
        await asker.page.evaluate(([peer, count]) => window.tab.openBulk(peer, count), [
          giver.id,
          count,
        ] as const);
        const value = await asker.page.evaluate(share => window.tab.takeBulk(share), share);
        rows.push({ name: `stripes/loss-${loss * 100}/${count}`, value, unit: 'MiB/s' });
        await Promise.all([asker.page.close(), giver.page.close()]);
      }
    }
    return rows;
  } finally {
    await browser.close();
    shaper.close();
    server.close();
    server.closeAllConnections();
    await relay.stop();
  }
}

async function webRtcAddresses(page: Page): Promise<string[]> {
  for (;;) {
    const addresses = await page.evaluate(() => [...window.tab.addresses()]);
    if (addresses.some(address => address.includes('/webrtc'))) return addresses;
    await page.waitForTimeout(50);
  }
}

/** The network makes further connections once it knows that the way is long. */
async function measured(page: Page, peer: string): Promise<void> {
  const rttMs = () =>
    page.evaluate(peer => window.tab.connections().find(each => each.peer === peer)?.rttMs ?? 0, peer);
  while ((await rttMs()) < oneWayMs) await page.waitForTimeout(50);
}
