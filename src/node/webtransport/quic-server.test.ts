import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { afterEach, expect, test, vi } from 'vitest';
import { quicStreamWindowBytes, quicUnusedBytesMax } from '../../base/limits.ts';
import { makeCertificate } from './certificate.ts';
import { errorCodes } from './http3.ts';
import type { QuicConnection } from './quic-connection.ts';
import { QuicServer } from './quic-server.ts';
import type { QuicStream } from './quic-stream.ts';
import { loadQuiche } from './quiche.ts';
import { WebTransportSession } from './session.ts';
import { TestClient } from './test-client.ts';

const isThere = process.platform === 'linux' && process.arch === 'x64';
const host = '127.0.0.1';
const patience = { timeout: 10_000, interval: 10 };
vi.setConfig({ testTimeout: 30_000 });
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function serve(onConnection: (connection: QuicConnection) => void, places = 8) {
  const quiche = loadQuiche();
  const now = Date.now();
  let held = 0;
  const server = new QuicServer({
    quiche,
    certificate: makeCertificate(now - 86_400_000, now + 86_400_000),
    admit: () => {
      if (held >= places) return undefined;
      held += 1;
      return () => {
        held -= 1;
      };
    },
    onConnection,
  });
  await server.listen(host, 0);
  ends.push(() => server.close());
  const client = async () => {
    const opened = await TestClient.open(quiche, server.port);
    ends.push(() => opened.close());
    return opened;
  };
  return { server, client, held: () => held };
}

const greeted = (client: TestClient) =>
  vi.waitFor(() => expect(client.connection.isEstablished()).toBe(true), patience);

/** A server whose first stream a test holds in its hands. */
async function oneStream() {
  const opened = Promise.withResolvers<QuicStream>();
  const { client: open } = await serve(connection => {
    connection.onStream = stream => opened.resolve(stream);
  });
  const client = await open();
  await greeted(client);
  client.send(0, Uint8Array.of(1));
  return { client, stream: await opened.promise };
}

const user = { onData: () => {}, onEnd: () => {}, onReset: () => {}, onDrain: () => {} };

test.runIf(isThere)(
  'garbage is answered with less than it is, or not at all, and others still get in',
  async () => {
    const { server, client, held } = await serve(() => {});
    const socket = createSocket('udp4');
    ends.push(() => socket.close());
    let answered = 0;
    socket.on('message', answer => {
      answered += answer.length;
    });
    let asked = 0;
    for (let index = 0; index < 300; index++) {
      const bytes = randomBytes(1 + ((index * 37) % 1400));
      // Every other one looks like an Initial, of some version or of ours, with lengths that lead anywhere.
      if (index % 2) bytes.set(index % 4 === 1 ? [0xc0, 0, 0, 0, 1, 20] : [0xc0, 1, 2, 3, 4, 8]);
      asked += bytes.length;
      socket.send(bytes, server.port, host);
    }
    await greeted(await client());
    expect(answered).toBeLessThan(asked / 2);
    expect(held()).toBe(1);
  },
);

test.runIf(isThere)('who is not let in is told, and nothing of it is kept', async () => {
  let taken = 0;
  const { client, held } = await serve(() => taken++, 1);
  const [first, second] = [await client(), await client()];
  await vi.waitFor(() => {
    expect(
      [first, second].filter(({ connection }) => connection.isDraining() || connection.isClosed()),
    ).toHaveLength(1);
  }, patience);
  expect([taken, held()]).toEqual([1, 1]);
});

test.runIf(isThere).each([
  ['a stream that is neither request nor session', Uint8Array.of(0, 1, 1)],
  ['a frame without end', Uint8Array.of(1, 0xe0, 0, 0, 0, 0, 0, 0, 0)],
])('%s ends the connection, and its share is free', async (_, garbage) => {
  const { client: open, held } = await serve(connection => void new WebTransportSession(connection));
  const client = await open();
  await greeted(client);
  client.send(0, garbage);
  await vi.waitFor(
    () => expect(client.connection.peerError()?.errorCode).toBe(errorCodes.protocol),
    patience,
  );
  expect(held()).toBe(0);
});

test.runIf(isThere)(
  'a stream of a session that nobody asked for is reset, and the request answered once',
  async () => {
    const { client: open } = await serve(connection => void new WebTransportSession(connection));
    const client = await open();
    await greeted(client);
    client.send(4, Uint8Array.of(0x40, 0x41, 0, 9));
    await vi.waitFor(
      () => expect(() => client.read(4)).toThrow(`StreamReset(${errorCodes.sessionGone})`),
      patience,
    );
    client.send(8, Uint8Array.of(1, 3, 0, 0, 0xd9));
    await vi.waitFor(() => expect(client.read(8).toString('hex')).toBe('01030000d9'), patience);
    client.send(12, Uint8Array.of(1, 3, 0, 0, 0xd9));
    await vi.waitFor(
      () => expect(() => client.read(12)).toThrow(`StreamReset(${errorCodes.requestRejected})`),
      patience,
    );
  },
);

test.runIf(isThere)(
  'a stream that is not read takes no more than its window, and goes on where it is',
  async () => {
    const { client, stream } = await oneStream();
    let received = 0;
    stream.give({ ...user, onData: bytes => (received += bytes.length) });
    await vi.waitFor(() => expect(received).toBe(1), patience);
    stream.pause();
    let sent = 1;
    const piece = new Uint8Array(16 * 1024);
    const push = () => {
      sent += client.send(0, piece);
      return sent;
    };
    let before = -1;
    await vi.waitFor(() => {
      const now = push();
      const isStill = now === before;
      before = now;
      expect(isStill && now > quicStreamWindowBytes / 2).toBe(true);
    }, patience);
    expect(sent).toBeLessThanOrEqual(quicStreamWindowBytes + 1);
    expect(received).toBe(1);
    stream.resume();
    await vi.waitFor(() => {
      push();
      expect(received).toBeGreaterThan(2 * quicStreamWindowBytes);
    }, patience);
  },
);

test.runIf(isThere)('what is written waits for who reads it, and comes whole; a reset is told', async () => {
  const { client, stream } = await oneStream();
  let drained = 0;
  stream.give({ ...user, onDrain: () => drained++ });
  const all = randomBytes(1 << 21);
  expect(stream.write(all)).toBe(false);
  const received: Buffer[] = [];
  await vi.waitFor(() => {
    received.push(client.read(0));
    expect(drained).toBe(1);
  }, patience);
  await vi.waitFor(() => {
    received.push(client.read(0));
    expect(Buffer.concat(received).equals(all)).toBe(true);
  }, patience);
  stream.reset(7);
  await vi.waitFor(() => expect(() => client.read(0)).toThrow('StreamReset(7)'), patience);
});

test.runIf(isThere)('who sends much that no stream can use is cut off', async () => {
  const { client: open, held } = await serve(() => {});
  const client = await open();
  await greeted(client);
  // Short packets for the right connection from the right place, which nobody can decrypt.
  const packet = Buffer.concat([Buffer.of(0x40), client.connection.destinationId(), randomBytes(1200)]);
  for (let sent = 0; held() > 0 && sent < 4 * quicUnusedBytesMax; sent += packet.length) {
    client.raw(packet);
    if (sent % 64 === 0) await new Promise(resolve => setImmediate(resolve));
  }
  await vi.waitFor(
    () => expect(client.connection.peerError()?.errorCode).toBe(errorCodes.excessiveLoad),
    patience,
  );
  expect(held()).toBe(0);
});
