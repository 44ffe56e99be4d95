import { generateKeyPair } from '@libp2p/crypto/keys';
import type { Libp2p, Stream } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { channelWindowBytes } from '../../base/limits.ts';
import { seededRandom } from '../../base/random.ts';
import type { Channel, Network, Protocol } from '../network.ts';
import { createLibp2pNetwork } from './create-libp2p-network.ts';
import { creditFrame, messageFrame } from './frames.ts';

const protocol: Protocol = { name: '/tabmesh/hostile/1', messageBytesMax: 1000 };
let victim: Network;
let attacker: Libp2p;
let accepted: Channel[];

beforeEach(async () => {
  accepted = [];
  victim = await honest();
  victim.handle(protocol, channel => accepted.push(channel));
  attacker = await createLibp2p({
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
  });
});
afterEach(async () => {
  await Promise.all([victim.stop(), attacker.stop()]);
});

const honest = async (): Promise<Network> =>
  createLibp2pNetwork({
    privateKey: await generateKeyPair('Ed25519'),
    relays: [],
    listen: ['/ip4/127.0.0.1/tcp/0/ws'],
    iceServers: [],
  });

async function attack(): Promise<{ stream: Stream; channel: Channel }> {
  const before = accepted.length;
  const stream = await attacker.dialProtocol(multiaddr(victim.addresses()[0]!), protocol.name);
  await vi.waitFor(() => expect(accepted.length).toBe(before + 1));
  return { stream, channel: accepted[before]! };
}

async function readAll(channel: Channel): Promise<number> {
  let count = 0;
  for await (const _ of channel.messages) count += 1;
  return count;
}

test('a lying length ends the channel, not the peer', async () => {
  const { stream, channel } = await attack();
  stream.send(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f));
  await expect(readAll(channel)).rejects.toMatchObject({ kind: 'invalid', origin: 'network' });
  await vi.waitFor(() => expect(stream.status).toBe('reset'));
  const again = await attack();
  again.stream.send(messageFrame(Uint8Array.of(1)));
  const { value } = await again.channel.messages[Symbol.asyncIterator]().next();
  expect([...value]).toEqual([1]);
});

test('random bytes end the channel or are messages', async () => {
  const random = seededRandom(5);
  for (let round = 0; round < 20; round++) {
    const { stream, channel } = await attack();
    stream.send(random.bytes(5000));
    await stream.close();
    await expect(readAll(channel)).rejects.toMatchObject({ origin: 'network' });
  }
});

test('a stream that is cut short is lost, not ended', async () => {
  const { stream, channel } = await attack();
  stream.send(messageFrame(Uint8Array.of(1, 2, 3)));
  await stream.close();
  await expect(readAll(channel)).rejects.toMatchObject({ kind: 'lost' });
});

test('who sends more than the window allows is cut off', async () => {
  const { stream, channel } = await attack();
  const frame = messageFrame(new Uint8Array(protocol.messageBytesMax));
  for (let sent = 0; sent < 4 * channelWindowBytes && stream.status === 'open'; sent += frame.length) {
    if (!stream.send(frame))
      await new Promise(resolve => stream.addEventListener('drain', resolve, { once: true }));
    if (sent % (64 * frame.length) === 0) await new Promise(resolve => setTimeout(resolve, 1));
  }
  await vi.waitFor(() => expect(stream.status).toBe('reset'));
  await expect(readAll(channel)).rejects.toMatchObject({ kind: 'full' });
});

test('credits that were never owed change nothing', async () => {
  const { stream, channel } = await attack();
  for (let round = 0; round < 1000; round++) stream.send(creditFrame(0xffffffff));
  stream.send(messageFrame(Uint8Array.of(7)));
  const { value } = await channel.messages[Symbol.asyncIterator]().next();
  expect([...value]).toEqual([7]);
});

test('an address whose peer is not who answers is refused', async () => {
  const [a, b] = [await honest(), await honest()];
  const lie = victim.addresses()[0]!.replace(victim.self, b.self);
  await expect(a.connect([lie])).rejects.toMatchObject({ kind: 'unavailable', origin: 'network' });
  expect(a.connections.peek()).toEqual([]);
  await Promise.all([a.stop(), b.stop()]);
});
