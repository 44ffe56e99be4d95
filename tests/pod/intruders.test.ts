import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PeerId, PodId, SessionId } from '../../src/base/brand.ts';
import { toHex } from '../../src/base/bytes.ts';
import { isKind } from '../../src/base/error.ts';
import {
  chunksInFlightMax,
  hopsMax,
  partialChunksMax,
  prefillRows,
  replaySessionBytesMax,
  sessionsPerStageMax,
  waitingRowsBytesMax,
} from '../../src/base/limits.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';
import type { Channel, Network } from '../../src/network/network.ts';
import {
  activationProtocol,
  decodeFrame,
  encodeFrame,
  type Frame,
  type OpenBody,
  type RowsBody,
} from '../../src/pod/activation-frame.ts';
import { entranceOf, Group } from '../../src/pod/group.ts';
import { type Chunk, packRows } from '../../src/pod/half-rows.ts';
import { callIn } from '../../src/pod/handshake.ts';
import { parseInviteLink } from '../../src/pod/invite.ts';
import { PodLine } from '../../src/pod/pod-line.ts';
import {
  decodeInvite,
  decodePodMessage,
  encodeInvite,
  encodePodMessage,
  type PodMessage,
  podProtocol,
  type WireRecord,
} from '../../src/pod/pod-message.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { bareGroup } from './bare-group.ts';
import { settle } from './manual-clock.ts';
import {
  answerOf,
  ask,
  membersSeen,
  type PodWorld,
  podWorld,
  type TestPeer,
  takeovers,
  tiny,
} from './pod-world.ts';
import { record } from './rogue-record.ts';
import { StageWorld } from './stage-world.ts';
import { documentsOf } from './test-documents.ts';

vi.setConfig({ testTimeout: 60_000 });

let house: PodWorld;
let owner: TestPeer;
let friend: TestPeer;
let link: string;
let expected: number[];
beforeEach(async () => {
  house = await podWorld();
  [owner, friend] = [await house.peer('owner'), await house.peer('friend')];
  link = await house.together(tiny, owner, friend);
  expected = (await answerOf(owner, ask())).tokens;
});
afterEach(() => house.close());

async function connected(name: string): Promise<Network> {
  const network = house.world.join(name);
  await network.connect(owner.network.addresses());
  return network;
}

/** Knows the secret and speaks by hand. `heard` collects the frames that the owner sends it. */
async function rogueMember() {
  const network = await connected('rogue');
  const heard: Frame[] = [];
  network.handle(activationProtocol, channel => void collect(channel, heard));
  const invite = parseInviteLink(link);
  const channel = await network.open(owner.id, podProtocol);
  const line = new PodLine(channel);
  const options = bareGroup({
    network,
    clock: house.clock,
    documents: { ...documentsOf('rogue', createMemoryStore(), () => house.clock.date()), self: network.self },
  });
  const group = await Group.open(options, toHex(invite.pod) as PodId, entranceOf(invite, network.self));
  await callIn(line, group, seededRandom(9), () => ({ record, contacts: [] }));
  await membersSeen(owner, 3);
  const frames = await network.open(owner.id, activationProtocol);
  const say = (frame: Frame) => frames.send(encodeFrame(frame));
  return { network, channel, frames, heard, say };
}

async function collect(channel: Channel, heard: Frame[]): Promise<void> {
  try {
    for await (const bytes of channel.messages) heard.push(decodeFrame(bytes));
  } catch {
    // The rogue's own end of a channel that was broken off.
  }
}

const ended = async (channel: Channel): Promise<boolean> => {
  try {
    for await (const _ of channel.messages);
  } catch {
    // Broken off is ended too.
  }
  return true;
};

/** The pod is as it was: two members, the same answer, no session left over but the one that rests for the next. */
async function unharmed(): Promise<void> {
  await membersSeen(owner, 2);
  expect((await answerOf(owner, ask())).tokens).toEqual(expected);
  await settle();
  expect([owner.sessions.size, friend.sessions.size]).toEqual([1, 1]);
}

const caught = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
};

/** Some bytes of a valid message changed, cut or doubled. */
function mutated(valid: Uint8Array, random: Random): Uint8Array {
  const below = (limit: number) => Math.floor(random.next() * limit);
  let bytes = valid.slice();
  for (let change = 1 + below(3); change > 0; change--) {
    const kind = below(4);
    const at = below(bytes.length);
    if (kind === 0) bytes[at] = below(256);
    else if (kind === 1) bytes = bytes.slice(0, at);
    else if (kind === 2) bytes = Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at >> 1));
    else bytes[at] = bytes[at]! ^ (1 << below(8));
  }
  return bytes;
}

const session = toHex(seededRandom(4).bytes(16)) as SessionId;
const open: OpenBody = {
  model: tiny,
  first: 0,
  last: 1,
  capacity: 8,
  previous: 'rogue' as PeerId,
  next: 'rogue' as PeerId,
  final: true,
};
const nonce = seededRandom(1).bytes(32) as Uint8Array<ArrayBuffer>;
const twice = Uint8Array.of(...nonce, ...nonce);
const heads = { heads: [{ author: 'x' as PeerId, count: 3, sound: 2, hash: nonce }] };
const contacts = [{ peer: 'x' as PeerId, addresses: ['/memory/x/p2p/x'] }];
const fullRecord: WireRecord = {
  ...record,
  holds: [{ model: tiny, first: 0, last: 3 }],
  loading: { model: tiny, bytes: 5, totalBytes: 2 ** 40 },
  models: [{ model: tiny, name: 'tiny', rank: 3 }],
  problems: [{ model: tiny, kind: 'denied', reason: 'not from here', out: true }],
};
const podMessages: PodMessage[] = [
  { hello: { pod: nonce.slice(16), nonce, keys: [nonce], entrance: { invite: nonce, proof: twice } } },
  { admission: { keys: [nonce] } },
  { challenge: { nonce, key: nonce, proof: nonce, heads } },
  { proof: { proof: nonce, heads } },
  { present: { record: fullRecord, contacts } },
  { welcome: { record: fullRecord, contacts } },
  { refusal: { kind: 'denied', reason: 'no' } },
  { announce: fullRecord },
  { heartbeat: {} },
  { goodbye: {} },
  { heads },
  { update: { part: nonce, last: true } },
  { fork: { statement: nonce } },
  { key: { secret: nonce } },
];
const chunkOf = (position: number, hidden: Float32Array<ArrayBuffer>): Chunk => ({
  position,
  count: 1,
  hidden,
  step: position + 1,
  all: false,
  until: 0,
});
const [rows] = [...packRows(chunkOf(0, new Float32Array(8)))];
const frames: Frame[] = [
  { session, hop: 1, open },
  { session, hop: 1, opened: {} },
  { session, hop: 1, rows: rows! },
  { session, hop: 1, rest: { length: 7 } },
  { session, hop: 1, close: {} },
  { session, hop: 1, fault: { kind: 'lost', reason: 'gone', missing: 'x' as PeerId } },
  { session, hop: 1, listen: { previous: 'x' as PeerId } },
  { session, hop: 1, listening: { previous: 'x' as PeerId, step: 9 } },
  { session, hop: 1, replay: { next: 'x' as PeerId, had: 9, until: 2 } },
  { session, hop: 1, severed: { peer: 'x' as PeerId } },
];
const invite = {
  pod: nonce.slice(16),
  name: 'pod',
  secret: nonce,
  inviterName: 'me',
  contacts,
  relays: ['/memory/relay'],
  role: 'member' as const,
  uses: 1,
  expires: 5,
  models: [{ name: 'tiny', layerBytes: 1, headBytes: 2 }],
  lentBytes: 3,
};

test('every message survives the wire', () => {
  for (const message of podMessages) expect(decodePodMessage(encodePodMessage(message))).toEqual(message);
  for (const frame of frames) expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
  expect(decodeInvite(encodeInvite(invite))).toEqual(invite);
});

test('decoders answer garbage with a message or an error that names it', () => {
  const random = seededRandom(11);
  const decoders: [(bytes: Uint8Array) => unknown, Uint8Array[]][] = [
    [decodePodMessage, podMessages.map(encodePodMessage)],
    [decodeFrame, frames.map(encodeFrame)],
    [decodeInvite, [encodeInvite(invite)]],
  ];
  let refused = 0;
  for (const [decode, valid] of decoders) {
    for (let round = 0; round < 5000; round++) {
      const bytes =
        round % 5 === 0
          ? random.bytes(Math.floor(random.next() * 300))
          : mutated(valid[round % valid.length]!, random);
      try {
        decode(bytes);
      } catch (error) {
        refused += 1;
        if (!isKind(error, 'corrupt')) throw error;
      }
    }
  }
  expect(refused).toBeGreaterThan(5000);
});

test('lists beyond their limits are refused before they are read', () => {
  const many = Array.from({ length: 1000 }, () => contacts[0]!);
  expect(() => decodePodMessage(encodePodMessage({ welcome: { record, contacts: many } }))).toThrow(
    'malformed',
  );
  const holds = Array.from({ length: 1000 }, () => ({ model: tiny, first: 0, last: 1 }));
  expect(() => decodePodMessage(encodePodMessage({ announce: { ...record, holds } }))).toThrow('malformed');
});

test('a stranger may not send hidden states', async () => {
  const network = await connected('stranger');
  const channel = await network.open(owner.id, activationProtocol);
  await channel.send(encodeFrame({ session, hop: 0, open })).catch(() => {});
  expect(await ended(channel)).toBe(true);
  await unharmed();
});

test('strangers who talk garbage at the door are hung up on', async () => {
  const random = seededRandom(21);
  const { pod } = parseInviteLink(link);
  const hello = encodePodMessage({ hello: { pod, nonce, keys: [] } });
  const network = await connected('stranger');
  for (let round = 0; round < 200; round++) {
    const channel = await network.open(owner.id, podProtocol);
    const first = round % 2 === 0 ? mutated(hello, random) : hello;
    await channel.send(first).catch(() => {});
    const valid = encodePodMessage(podMessages[round % podMessages.length]!);
    await channel.send(mutated(valid, random)).catch(() => {});
    // A mutation may leave an empty hello of nobody's pod, which is refused; nothing is answered with membership.
    await channel.close();
    expect(await ended(channel)).toBe(true);
  }
  await settle();
  await unharmed();
});

test('a caller who says nothing is not waited for', async () => {
  const network = await connected('stranger');
  const channel = await network.open(owner.id, podProtocol);
  await house.clock.pass(11_000);
  expect(await ended(channel)).toBe(true);
  await unharmed();
});

test('a member who sends garbage is cut off, on either channel', async () => {
  const rogue = await rogueMember();
  await rogue.frames.send(Uint8Array.of(1, 2, 3));
  await unharmed();
  expect(await ended(rogue.channel)).toBe(true);
  await rogue.network.stop();
  const again = await rogueMember();
  await again.channel.send(encodePodMessage(podMessages[1]!));
  await unharmed();
  await house.clock.pass(20_000);
  expect(owner.state().members).toHaveLength(2);
});

test('a member that fuzzes both channels is cut off in the end and harms nobody', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = seededRandom(seed);
    const rogue = await rogueMember();
    for (let round = 0; round < 30; round++) {
      await rogue.frames.send(mutated(encodeFrame(frames[round % frames.length]!), random)).catch(() => {});
      await rogue.channel.send(mutated(encodePodMessage(podMessages[5]!), random)).catch(() => {});
    }
    await rogue.network.stop();
    await settle();
  }
  await unharmed();
});

test('a member cannot misuse a stage', async () => {
  const rogue = await rogueMember();
  const faultOf = async (hop: number) => {
    await settle();
    const frame = rogue.heard.find(each => each.hop === hop && 'fault' in each);
    return frame && 'fault' in frame ? frame.fault.kind : undefined;
  };
  // What is not held, what does not exist, what is too long, a neighbour that is no member.
  const wrong: [Partial<OpenBody>, string][] = [
    [{ model: 'other' as OpenBody['model'] }, 'not-found'],
    [{ first: 0, last: 99 }, 'not-found'],
    [{ capacity: 100_000 }, 'invalid'],
    [{ next: 'nobody' as PeerId }, 'unavailable'],
    [{ previous: 'nobody' as PeerId }, 'unavailable'],
  ];
  const mine = owner.state().members.find(member => member.id === owner.id)!.holds[0]!.layers;
  const good: OpenBody = { ...open, ...mine };
  for (const [index, [change, kind]] of wrong.entries()) {
    await rogue.say({ session, hop: index, open: { ...good, ...change } });
    expect(await faultOf(index)).toBe(kind);
    const named = rogue.heard.find(each => each.hop === index && 'fault' in each);
    expect(named).toMatchObject({ fault: { missing: kind === 'unavailable' ? 'nobody' : '' } });
  }
  // Rows of a wrong width, out of order, for a session of somebody else.
  const width = 256;
  const send = async (hop: number, position: number, size: number) => {
    for (const rows of packRows(chunkOf(position, new Float32Array(size).fill(0.1)))) {
      await rogue.say({ session, hop, rows });
    }
  };
  await rogue.say({ session, hop: 10, open: good });
  await send(10, 0, 7);
  expect(await faultOf(10)).toBe('invalid');
  await rogue.say({ session, hop: 11, open: good });
  await send(11, 3, width);
  expect(await faultOf(11)).toBe('invalid');
  await rogue.say({ session, hop: 12, open: { ...good, previous: friend.id } });
  await send(12, 0, width);
  await settle();
  expect(rogue.heard.filter(frame => frame.hop >= 12).map(frame => Object.keys(frame).at(-1))).toEqual([
    'opened',
  ]);
  await rogue.say({ session, hop: 12, open: good });
  expect(await faultOf(12)).toBe('invalid');
  // More sessions than there may be.
  for (let count = 0; count <= sessionsPerStageMax; count++) {
    const id = toHex(seededRandom(100 + count).bytes(16)) as SessionId;
    await rogue.say({ session: id, hop: 20, open: good });
  }
  expect(await faultOf(20)).toBe('full');
  await rogue.network.stop();
  await unharmed();
});

test('rows that come faster than they are computed end their session, and an honest replay is none of these', async () => {
  const world = await StageWorld.create();
  const [stage, rogue] = [await world.peer('stage', { first: 0, last: 6 }), await world.peer('rogue')];
  const [count, { width }] = [prefillRows, world.model.hyper];
  const hidden = new Float32Array(count * width).fill(0.1);
  const flood = async (hop: number, chunks: number) => {
    stage.service.handle(rogue.id, { session, hop, open: { ...open, last: 6, capacity: count } });
    await vi.waitFor(() => expect(stage.service.sessionCount).toBe(1));
    const said = (kind: string) =>
      rogue.heard.filter(({ message }) => message.hop === hop && kind in message);
    await vi.waitFor(() => expect(said('opened')).toHaveLength(1));
    for (let step = 1; step <= chunks; step++)
      stage.service.handle(rogue.id, {
        session,
        hop,
        chunk: { position: 0, count, hidden, step, all: false, until: 0 },
      });
    const left = stage.service.sessionCount;
    stage.service.handle(rogue.id, { session, hop, close: {} });
    await settle();
    return [left, said('fault').map(({ message }) => 'fault' in message && message.fault.kind)];
  };
  const most = waitingRowsBytesMax / hidden.byteLength;
  expect(await flood(0, (2 * replaySessionBytesMax) / hidden.byteLength + chunksInFlightMax)).toEqual([
    1,
    [],
  ]);
  expect(await flood(1, Math.ceil(most) + 1)).toEqual([0, ['full']]);
  await world.close();
});

test('sessions that rest keep nobody out, however many they are', async () => {
  const rogue = await rogueMember();
  const mine = owner.state().members.find(member => member.id === owner.id)!.holds[0]!.layers;
  const random = seededRandom(50);
  const sessions = Array.from({ length: sessionsPerStageMax }, () => toHex(random.bytes(16)) as SessionId);
  for (const each of sessions) await rogue.say({ session: each, hop: 0, open: { ...open, ...mine } });
  // A length that they do not have: to the stage their rows are still under way.
  for (const each of sessions) await rogue.say({ session: each, hop: 0, rest: { length: 3 } });
  await rogue.say({ session, hop: 1, open: { ...open, ...mine } });
  await settle();
  const refused = rogue.heard.filter(frame => 'fault' in frame);
  expect(refused).toMatchObject([{ session, hop: 1, fault: { kind: 'full' } }]);
  for (const each of sessions) await rogue.say({ session: each, hop: 0, rest: { length: 0 } });
  const answer = await answerOf(owner, ask());
  expect(answer.tokens).toEqual(expected);
  expect(takeovers(answer)).toEqual([]);
  await rogue.network.stop();
  await unharmed();
});

test.each([
  ['without layers', 0, { first: 1, last: 1 }],
  ['at the last hop there may be, so that the next stage would be called corrupt', hopsMax, {}],
])('a session %s is not opened', (_, hop, change) => {
  const bytes = encodeFrame({ session, hop, open: { ...open, ...change } });
  expect(
    isKind(
      caught(() => decodeFrame(bytes)),
      'corrupt',
    ),
  ).toBe(true);
});

test('a member cannot make two others expel each other', async () => {
  const rogue = await rogueMember();
  const mine = owner.state().members.find(member => member.id === owner.id)!.holds[0]!.layers;
  const chain: OpenBody = { ...open, ...mine, next: friend.id };
  await rogue.say({ session, hop: hopsMax, open: chain });
  for (const rows of packRows(chunkOf(0, new Float32Array(256).fill(0.1)))) {
    await rogue.say({ session, hop: hopsMax, rows }).catch(() => {});
  }
  await settle();
  const seen = owner.state().members.map(member => member.id);
  expect(seen).toContain(friend.id);
  expect(seen).not.toContain('rogue');
  await unharmed();
});

test('parts of rows for sessions that do not exist are not kept', async () => {
  const rogue = await rogueMember();
  const random = seededRandom(31);
  for (let count = 0; count < 4 * partialChunksMax; count++) {
    const id = toHex(random.bytes(16)) as SessionId;
    const part: RowsBody = { ...rows!, bytes: 192, part: Uint8Array.of(1) };
    await rogue.say({ session: id, hop: 1, rows: part });
  }
  await settle();
  // Were they kept, there would be too many unfinished chunks and the rogue cut off.
  expect(owner.state().members).toHaveLength(3);
  await rogue.network.stop();
  await unharmed();
});

test('a member outside of the chain cannot feed, fail or end an answer', async () => {
  const rogue = await rogueMember();
  const answer = owner.pod.generate(ask());
  const events: string[] = [];
  const tokens: number[] = [];
  for await (const event of answer) {
    events.push(event.kind);
    if (event.kind === 'token') {
      tokens.push(event.token);
      const running = [...owner.sessions][0]!.split('/')[1] as SessionId;
      for (const hop of [0, 1, 2, 3]) {
        await rogue.say({ session: running, hop, rest: { length: 8 } });
        await rogue.say({ session: running, hop, close: {} });
        await rogue.say({ session: running, hop, fault: { kind: 'corrupt', reason: 'ha', missing: '' } });
        for (const rows of packRows(chunkOf(0, new Float32Array(256)))) {
          await rogue.say({ session: running, hop, rows });
        }
      }
      await settle();
    }
  }
  expect(tokens).toEqual(expected);
  expect(events.filter(kind => kind === 'route')).toHaveLength(1);
  await rogue.network.stop();
  await unharmed();
});
