import { type AddressInfo, createServer, type Socket } from 'node:net';
import { generateKeyPair } from '@libp2p/crypto/keys';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import { expect, onTestFinished, test } from 'vitest';
import { dialMs } from '../../base/limits.ts';
import { until } from '../../base/live.ts';
import { networkContract } from '../network-contract.ts';
import { createLibp2pNetwork } from './create-libp2p-network.ts';

const listen = ['/ip4/127.0.0.1/tcp/0/ws'];

networkContract({
  join: async () =>
    createLibp2pNetwork({ privateKey: await generateKeyPair('Ed25519'), relays: [], listen, iceServers: [] }),
  nobody: async () => {
    const id = peerIdFromPrivateKey(await generateKeyPair('Ed25519'));
    return [`/ip4/127.0.0.1/tcp/9/ws/p2p/${id}`];
  },
});

/** Takes connections and says nothing, as the address of a peer in a network that this one is not in. */
async function silent(): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer(socket => void sockets.add(socket));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

test(
  'a peer is reached over its relay, however many of its direct addresses say nothing',
  async () => {
    const join = async (more: object) => {
      const privateKey = await generateKeyPair('Ed25519');
      const network = await createLibp2pNetwork({ privateKey, relays: [], iceServers: [], ...more });
      onTestFinished(() => network.stop());
      return network;
    };
    const relay = await join({ listen, relayServer: true });
    const peer = await join({ relays: relay.addresses() });
    const asker = await join({});
    await until(peer.status, () => peer.addresses().length > 0);
    const ports = [await silent(), await silent(), await silent()];
    const dead = ports.map(port => `/ip4/127.0.0.1/tcp/${port}/ws/p2p/${peer.self}`);
    expect(await asker.connect([...dead, ...peer.addresses()])).toBe(peer.self);
  },
  2 * dialMs,
);
