import { afterEach, expect, test, vi } from 'vitest';
import type { PeerId } from '../base/brand.ts';
import { equalBytes, KiB } from '../base/bytes.ts';
import { isKind } from '../base/error.ts';
import { channelWindowBytes } from '../base/limits.ts';
import { seededRandom } from '../base/random.ts';
import type { Channel, Network, Protocol } from './network.ts';

export interface ContractWorld {
  join(): Promise<Network>;
  /** Addresses of nobody, well formed. */
  nobody(): Promise<readonly string[]>;
}

const protocol: Protocol = { name: '/tabmesh/contract/1', messageBytesMax: 16 * KiB };

/** Runs the guarantees of network.ts against one implementation. */
export function networkContract(world: ContractWorld): void {
  const joined: Network[] = [];
  const join = async () => {
    const network = await world.join();
    joined.push(network);
    return network;
  };
  afterEach(async () => {
    await Promise.all(joined.splice(0).map(network => network.stop()));
  });

  /** Two connected peers and both ends of one channel. */
  const pair = async () => {
    const [a, b] = [await join(), await join()];
    const accepted = Promise.withResolvers<Channel>();
    b.handle(protocol, accepted.resolve);
    await a.connect(b.addresses());
    const near = await a.open(b.self, protocol);
    return { a, b, near, far: await accepted.promise };
  };
  const peersOf = (network: Network) => network.connections.peek().map(each => each.peer);
  const read = async (channel: Channel) => {
    const { value } = await channel.messages[Symbol.asyncIterator]().next();
    return value as Uint8Array | undefined;
  };
  const echo = async (channel: Channel, mark: number) => {
    for await (const message of channel.messages) await channel.send(Uint8Array.of(...message, mark));
  };
  const kindOf = async (promise: Promise<unknown>) => {
    const error = await promise.then(
      () => undefined,
      (error: unknown) => error,
    );
    return error instanceof Error && 'kind' in error ? error.kind : error;
  };

  test("what a peer signed is its own word, and nobody else's", async () => {
    const [a, b] = [await join(), await join()];
    const said = new TextEncoder().encode('mine');
    const signature = await a.sign(said);
    expect(signature).toHaveLength(64);
    expect(await b.verify(a.self, said, signature)).toBe(true);
    expect(await b.verify(b.self, said, signature)).toBe(false);
    expect(await b.verify(a.self, new TextEncoder().encode('more'), signature)).toBe(false);
    expect(await b.verify('nobody' as PeerId, said, signature)).toBe(false);
  });

  test('messages arrive whole and in order, both ways', async () => {
    const { a, b, near, far } = await pair();
    expect([near.peer, far.peer]).toEqual([b.self, a.self]);
    const random = seededRandom(1);
    const sizes = [
      0,
      1,
      127,
      128,
      protocol.messageBytesMax,
      ...Array.from({ length: 200 }, () => (random.next() * 16384) | 0),
    ];
    const sent = sizes.map(size => random.bytes(size));
    const [one, two] = [near, far].map(async channel => {
      for (const message of sent) await channel.send(message);
    });
    for (const channel of [near, far]) {
      for (const message of sent) expect(equalBytes((await read(channel))!, message)).toBe(true);
    }
    await Promise.all([one, two]);
  });

  test('a sent message is a copy', async () => {
    const { near, far } = await pair();
    const message = Uint8Array.of(1, 2, 3);
    const sending = near.send(message);
    message.fill(9);
    await sending;
    expect([...(await read(far))!]).toEqual([1, 2, 3]);
  });

  test('a writer waits for a slow reader, and loses nothing', async () => {
    const { near, far } = await pair();
    const count = (4 * channelWindowBytes) / protocol.messageBytesMax;
    let sent = 0;
    const sending = (async () => {
      for (; sent < count; sent++) await near.send(new Uint8Array(protocol.messageBytesMax).fill(sent));
    })();
    await vi.waitFor(() => expect(sent).toBeGreaterThan(10));
    await new Promise(resolve => setTimeout(resolve, 200));
    expect(sent).toBeLessThan(count / 2);
    for (let index = 0; index < count; index++) expect((await read(far))![0]).toBe(index & 255);
    await sending;
  });

  test('a waiting send can be given up; the channel lives on', async () => {
    const { near, far } = await pair();
    const abort = new AbortController();
    const messages = channelWindowBytes / protocol.messageBytesMax + 1;
    const sends = Array.from({ length: messages }, () =>
      near.send(new Uint8Array(protocol.messageBytesMax), abort.signal),
    );
    const results = Promise.allSettled(sends);
    setTimeout(() => abort.abort(), 50);
    const failed = (await results).filter(result => result.status === 'rejected');
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.every(result => isKind(result.reason, 'cancelled'))).toBe(true);
    await Promise.all([
      near.send(Uint8Array.of(7)),
      (async () => {
        while ((await read(far))?.length !== 1);
      })(),
    ]);
    expect(await kindOf(near.send(new Uint8Array(1), AbortSignal.abort()))).toBe('cancelled');
  });

  test('a message over the limit ends the channel at both ends', async () => {
    const { near, far } = await pair();
    await near.send(new Uint8Array(protocol.messageBytesMax + 1));
    expect(await kindOf(read(far))).toBe('invalid');
    expect(await kindOf(read(near))).toBe('lost');
  });

  test('close lets what was sent arrive, then ends both ends', async () => {
    const { near, far } = await pair();
    for (let index = 0; index < 20; index++) await near.send(Uint8Array.of(index));
    await near.close();
    for (let index = 0; index < 20; index++) expect([...(await read(far))!]).toEqual([index]);
    expect(await read(far)).toBe(undefined);
    expect(await read(near)).toBe(undefined);
    expect(await kindOf(far.send(Uint8Array.of(1)))).toBe('lost');
    expect(await kindOf(near.send(Uint8Array.of(1)))).toBe('cancelled');
    await far.close();
  });

  test('abort breaks the other end', async () => {
    const { near, far } = await pair();
    const reason = new Error('enough');
    near.abort(reason);
    expect(await kindOf(read(near))).toBe(reason);
    expect(await kindOf(read(far))).toBe('lost');
    expect(await kindOf(far.send(Uint8Array.of(1)))).toBe('lost');
  });

  test('many channels between two peers do not mix', async () => {
    const [a, b] = [await join(), await join()];
    const other: Protocol = { name: '/tabmesh/other/1', messageBytesMax: 8 };
    for (const each of [protocol, other]) {
      b.handle(each, channel => void echo(channel, each === other ? 1 : 0).catch(() => {}));
    }
    await a.connect(b.addresses());
    const channels = await Promise.all(
      Array.from({ length: 10 }, (_, index) => a.open(b.self, index % 2 ? other : protocol)),
    );
    await Promise.all(channels.map((channel, index) => channel.send(Uint8Array.of(index))));
    for (const [index, channel] of channels.entries())
      expect([...(await read(channel))!]).toEqual([index, index % 2]);
  });

  test('open needs a connection and a protocol that the other speaks', async () => {
    const [a, b] = [await join(), await join()];
    expect(await kindOf(a.open(b.self, protocol))).toBe('unavailable');
    await a.connect(b.addresses());
    expect(await kindOf(a.open(b.self, protocol))).toBe('unsupported');
    expect(await kindOf(a.open(b.self, protocol, AbortSignal.abort()))).toBe('cancelled');
  });

  test('an old and a new side speak the newest version that both know', async () => {
    const versions = (newest: number, oldest: number): Protocol => {
      const names = Array.from(
        { length: newest - oldest + 1 },
        (_, index) => `/tabmesh/versions/${newest - index}`,
      );
      return { name: names[0]!, older: names.slice(1), messageBytesMax: 100 };
    };
    for (const [near, far, agreed] of [
      [versions(3, 1), versions(3, 2), 3],
      [versions(3, 1), versions(2, 1), 2],
      [versions(2, 1), versions(3, 2), 2],
      [versions(3, 1), versions(1, 1), 1],
    ] as const) {
      const [a, b] = [await join(), await join()];
      const accepted = Promise.withResolvers<Channel>();
      b.handle(far, accepted.resolve);
      await a.connect(b.addresses());
      const channel = await a.open(b.self, near);
      await channel.send(Uint8Array.of(1));
      const other = await accepted.promise;
      expect([...(await read(other))!]).toEqual([1]);
      expect([channel.protocol, other.protocol]).toEqual(
        [agreed, agreed].map(each => `/tabmesh/versions/${each}`),
      );
    }
  });

  test('where no version is common, the person reads which side is older and what to do', async () => {
    const speaks = (version: number): Protocol => ({
      name: `/tabmesh/apart/${version}`,
      messageBytesMax: 100,
    });
    const reasonOf = async (ours: Protocol, theirs?: Protocol) => {
      const [a, b] = [await join(), await join()];
      if (theirs) b.handle(theirs, () => {});
      await a.connect(b.addresses());
      return a.open(b.self, ours).then(
        () => 'opened',
        error => {
          expect(isKind(error, 'unsupported')).toBe(true);
          return String(error.reason);
        },
      );
    };
    expect(await reasonOf(speaks(2), speaks(1))).toMatch(/^\S+ runs an older Tabmesh .* Reload that tab/);
    expect(await reasonOf(speaks(1), speaks(2))).toMatch(
      /^This side runs an older Tabmesh .* Reload this tab/,
    );
    expect(await reasonOf(speaks(1))).toMatch(/does not speak/);
  });

  test('who was dialled can open a channel too', async () => {
    const [a, b] = [await join(), await join()];
    a.handle(protocol, channel => void echo(channel, 3).catch(() => {}));
    await a.connect(b.addresses());
    await vi.waitFor(() => expect(peersOf(b)).toEqual([a.self]));
    const channel = await b.open(a.self, protocol);
    await channel.send(Uint8Array.of(1));
    expect([...(await read(channel))!]).toEqual([1, 3]);
  });

  test('connections tell of peers that come and go', async () => {
    const [a, b] = [await join(), await join()];
    const seen: number[] = [];
    const unsubscribe = a.connections.subscribe(list => seen.push(list.length));
    expect(seen).toEqual([0]);
    expect(await a.connect(b.addresses())).toBe(b.self);
    expect(await a.connect(b.addresses())).toBe(b.self);
    expect(peersOf(a)).toEqual([b.self]);
    expect(a.status.peek()).toEqual({ kind: 'connected', peers: 1 });
    await vi.waitFor(() => expect(peersOf(b)).toEqual([a.self]));
    await a.disconnect(b.self);
    expect(peersOf(a)).toEqual([]);
    await vi.waitFor(() => expect(peersOf(b)).toEqual([]));
    expect(a.status.peek().kind).not.toBe('connected');
    expect(await a.connect(b.addresses())).toBe(b.self);
    unsubscribe();
  });

  test('a lost connection breaks its channels at both ends', async () => {
    const { a, b, near, far } = await pair();
    await a.disconnect(b.self);
    expect(await kindOf(read(near))).toBe('lost');
    expect(await kindOf(read(far))).toBe('lost');
    expect(await kindOf(far.send(Uint8Array.of(1)))).toBe('lost');
  });

  test('stop ends everything, and the others see it', async () => {
    const { a, b, near, far } = await pair();
    await b.stop();
    expect(b.status.peek().kind).toBe('offline');
    expect(await kindOf(read(far))).toBe('lost');
    expect(await kindOf(read(near))).toBe('lost');
    await vi.waitFor(() => expect(peersOf(a)).toEqual([]));
    expect(await kindOf(a.connect(b.addresses()))).not.toBe(undefined);
    expect(await kindOf(b.connect(a.addresses()))).toBe('unavailable');
    await b.stop();
  });

  test('connect refuses what is no address, and gives up on nobody', async () => {
    const [a, b, c] = [await join(), await join(), await join()];
    for (const garbage of [
      [],
      [''],
      ['nonsense'],
      ['/ip4/127.0.0.1'],
      ['/ip4/999.1.1.1/tcp/70000/ws'],
      [...a.addresses()],
    ]) {
      expect(await kindOf(a.connect(garbage))).toBe('invalid');
    }
    expect(await kindOf(a.connect([...b.addresses(), ...c.addresses()]))).toBe('invalid');
    expect(await kindOf(a.connect(await world.nobody()))).toBe('unavailable');
    expect(await kindOf(a.connect(b.addresses(), AbortSignal.abort()))).toBe('cancelled');
    expect(peersOf(a)).toEqual([]);
  });
}
