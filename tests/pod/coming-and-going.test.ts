/** Below it, tests/network/run.ts does the same with the RTCPeerConnections of two tabs. */
import { expect, test } from 'vitest';
import { anybody, podWorld, type TestPeer } from './pod-world.ts';

const rounds = 100;

async function storedBytes({ store }: TestPeer): Promise<number> {
  const documents = (await store.keys('documents')).map(key => store.get('documents', key));
  return (await Promise.all(documents)).reduce((sum, bytes) => sum + bytes!.byteLength, 0);
}

test(`who joins and leaves ${rounds} times leaves two statements each time, and nothing else`, async () => {
  const house = await podWorld();
  const peers = [await house.peer('home'), await house.peer('guest')] as const;
  const [home, guest] = peers;
  await home.pod.create('Test pod');
  const link = await home.pod.invite('https://example.org/', anybody);
  const look = async () => ({
    timers: house.clock.waiting,
    connections: peers.map(({ network }) => network.connections.peek().length),
    bytes: await Promise.all(peers.map(storedBytes)),
  });
  let early: Awaited<ReturnType<typeof look>> | undefined;
  for (let round = 1; round <= rounds; round++) {
    await guest.pod.join(link);
    await house.clock.pass(500);
    expect(home.state().members.length, `round ${round}`).toBe(2);
    await guest.pod.leave();
    await house.clock.pass(500);
    expect(home.state().members.length, `round ${round}`).toBe(1);
    if (round === 20) early = await look();
  }
  const late = await look();
  expect(late).toMatchObject({ timers: early!.timers, connections: early!.connections });
  // A signed statement takes some 400 bytes: that it came, and that it went.
  for (const [index, bytes] of late.bytes.entries())
    expect((bytes - early!.bytes[index]!) / (rounds - 20)).toBeLessThan(1_000);
  await house.close();
}, 60_000);
