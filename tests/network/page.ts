/** One tab of the network test: run.ts calls `window.tab` through the browser's debugging protocol. */
import type { PeerId } from '../../src/base/brand.ts';
import { KiB } from '../../src/base/bytes.ts';
import { takeIdentity } from '../../src/network/identity.ts';
import { createLibp2pNetwork } from '../../src/network/libp2p/create-libp2p-network.ts';
import type { ConfigurableNetwork } from '../../src/network/libp2p/libp2p-network.ts';
import type { Channel, KnownRelay, PeerConnection, Protocol } from '../../src/network/network.ts';
import { Siblings } from '../../src/peer/siblings.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';

const echo: Protocol = { name: '/tabmesh/echo/1', messageBytesMax: 16 * KiB };
const urgentEcho: Protocol = { name: '/tabmesh/urgent-echo/1', messageBytesMax: 16 * KiB, urgent: true };
const bulk: Protocol = { name: '/tabmesh/bulk/1', messageBytesMax: 64 * KiB, bulk: true };
const pieceBytes = 32 * KiB;
let network: ConfigurableNetwork;
let siblings: Siblings;
let flooded: Channel;
let inBulk: readonly Channel[];
let exchanging = false;

/** How often anything was given to a data channel: each is a packet and a task at least. */
let sends = 0;
const { send } = RTCDataChannel.prototype;
RTCDataChannel.prototype.send = function (...data: unknown[]) {
  sends++;
  Reflect.apply(send, this, data);
};

/** Far beyond what SCTP takes to repeat a packet that is lost several times. */
const silenceMs = 60_000;

async function within<T>(what: string, work: Promise<T>): Promise<T> {
  const { promise: silence, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const seen = JSON.stringify(network.connections.peek());
    reject(new Error(`${what} is not done after ${silenceMs} ms; connections: ${seen}`));
  }, silenceMs);
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}

const tab = {
  /** The tabs share no store, so that the lock alone decides about the slot. */
  async start(relays: string[]): Promise<{ id: string; slot: number }> {
    const identity = await takeIdentity(createMemoryStore(), navigator.locks);
    siblings = await Siblings.join(navigator.locks);
    network = await createLibp2pNetwork({
      privateKey: identity.privateKey,
      relays,
      iceServers: [],
      allowPrivateAddresses: true,
    });
    addEventListener('pagehide', () => void network.stop());
    for (const protocol of [echo, urgentEcho]) {
      network.handle(protocol, async channel => {
        try {
          for await (const message of channel.messages) await channel.send(message);
        } catch {
          // The other tab is gone, which run.ts looks at from its side.
        }
      });
    }
    network.handle(bulk, async channel => {
      try {
        for await (const message of channel.messages) {
          const [pieces = 0] = new Uint32Array(message.slice().buffer);
          for (let left = pieces; left > 0; left--) await channel.send(new Uint8Array(pieceBytes).fill(left));
        }
      } catch {
        // As above.
      }
    });
    return { id: identity.id, slot: identity.slot };
  },
  sends: (): number => sends,
  addresses: (): readonly string[] => network.addresses(),
  status: () => network.status.peek(),
  relays: (): readonly KnownRelay[] => network.relays.peek(),
  connections: (): readonly PeerConnection[] => network.connections.peek(),
  connect: (addresses: string[]) => network.connect(addresses),
  disconnect: (peer: string) => network.disconnect(peer as PeerId),
  /** Round trips in ms of messages of so many bytes, one after another; throws where one comes back changed. */
  async echo(peer: string, count: number, bytes: number, urgent = false): Promise<number[]> {
    const channel = await within('open', network.open(peer as PeerId, urgent ? urgentEcho : echo));
    const answers = channel.messages[Symbol.asyncIterator]();
    const times: number[] = [];
    for (let index = 0; index < count; index++) {
      const message = crypto.getRandomValues(new Uint8Array(bytes));
      const sentAt = performance.now();
      const answer = channel.send(message).then(() => answers.next());
      const { value } = await within(`message ${index}`, answer);
      times.push(performance.now() - sentAt);
      if (value?.length !== bytes || value.some((byte: number, at: number) => byte !== message[at])) {
        throw new Error(`message ${index} came back changed`);
      }
    }
    await within('close', channel.close());
    return times;
  },
  /** Echoes until `endExchange`, over one channel; the longest round trip in ms. */
  async exchange(peer: string, bytes: number): Promise<number> {
    const channel = await within('open', network.open(peer as PeerId, echo));
    const answers = channel.messages[Symbol.asyncIterator]();
    exchanging = true;
    let longest = 0;
    for (let index = 0; exchanging; index++) {
      const sentAt = performance.now();
      const answer = channel.send(new Uint8Array(bytes).fill(index)).then(() => answers.next());
      const { value } = await within(`message ${index}`, answer);
      if (value?.[0] !== (index & 255)) throw new Error(`message ${index} came back changed`);
      longest = Math.max(longest, performance.now() - sentAt);
    }
    await within('close', channel.close());
    return longest;
  },
  endExchange(): void {
    exchanging = false;
  },
  /** MiB per second there and back, the way that a prefill goes: many messages under way. */
  async stream(peer: string, count: number, bytes: number): Promise<number> {
    const channel = await network.open(peer as PeerId, echo);
    const startedAt = performance.now();
    const answers = channel.messages[Symbol.asyncIterator]();
    const reading = (async () => {
      for (let index = 0; index < count; index++) {
        const { value } = await answers.next();
        if (value?.[0] !== (index & 255)) throw new Error(`message ${index} is out of order`);
      }
    })();
    const sending = (async () => {
      for (let index = 0; index < count; index++) await channel.send(new Uint8Array(bytes).fill(index));
    })();
    await Promise.all([reading, sending]);
    const seconds = (performance.now() - startedAt) / 1000;
    await channel.close();
    return (count * bytes) / 2 ** 20 / seconds;
  },
  async openBulk(peer: string, count: number): Promise<void> {
    inBulk = await Promise.all(Array.from({ length: count }, () => network.open(peer as PeerId, bulk)));
  },
  /** MiB per second of so many pieces of 32 KiB on each of the open channels, which it closes. */
  async takeBulk(pieces: number): Promise<number> {
    const startedAt = performance.now();
    const take = async (channel: Channel) => {
      await channel.send(new Uint8Array(new Uint32Array([pieces]).buffer));
      const answers = channel.messages[Symbol.asyncIterator]();
      for (let left = pieces; left > 0; left--) {
        const { value } = await answers.next();
        if (value?.length !== pieceBytes || value.some((byte: number) => byte !== (left & 255)))
          throw new Error(`piece ${left} came changed`);
      }
    };
    await Promise.all(inBulk.map(take));
    const seconds = (performance.now() - startedAt) / 1000;
    await Promise.all(inBulk.map(channel => channel.close()));
    const speed = (inBulk.length * pieces * pieceBytes) / 2 ** 20 / seconds;
    // A channel that is kept keeps its connection.
    inBulk = [];
    return speed;
  },
  async openFlood(peer: string): Promise<void> {
    flooded = await network.open(peer as PeerId, urgentEcho);
  },
  /** Sends without end; how many messages were taken, once no more are. */
  async flood(count: number, bytes: number): Promise<number> {
    let taken = 0;
    for (let index = 0; index < count; index++) {
      void flooded.send(new Uint8Array(bytes).fill(index)).then(() => taken++);
    }
    for (let before = -1; before !== taken; ) {
      before = taken;
      await new Promise(resolve => setTimeout(resolve, 300));
    }
    return taken;
  },
  async takeFlood(count: number): Promise<void> {
    const answers = flooded.messages[Symbol.asyncIterator]();
    for (let index = 0; index < count; index++) {
      const { value } = await answers.next();
      if (value?.[0] !== (index & 255)) throw new Error(`message ${index} is out of order`);
    }
    await flooded.close();
  },
  /** Connects, says something and leaves, so many times. */
  async churn(peer: string, addresses: readonly string[], rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      await network.connect(addresses);
      const transport = network.connections.peek().find(each => each.peer === peer)?.transport;
      if (transport !== 'webrtc') throw new Error(`round ${round} went over ${transport}`);
      await tab.echo(peer, 1, 64);
      await network.disconnect(peer as PeerId);
    }
  },
  /** Resolves with the ms until `peer` is no longer among the connections. */
  departure(peer: string): Promise<number> {
    const startedAt = performance.now();
    return new Promise(resolve => {
      network.connections.subscribe(list => {
        if (!list.some(each => each.peer === peer)) resolve(performance.now() - startedAt);
      });
    });
  },
  siblings: () => siblings.count.peek(),
  stop: () => network.stop(),
};

export type Tab = typeof tab;
declare global {
  interface Window {
    tab: Tab;
  }
}
window.tab = tab;
