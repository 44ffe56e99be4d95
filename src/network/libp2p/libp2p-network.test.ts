import { generateKeyPair } from '@libp2p/crypto/keys';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
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
