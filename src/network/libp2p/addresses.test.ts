import { expect, test } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import { isRelayed, parseAddress, parseDestination, transportOf } from './addresses.ts';

const relay = '12D3KooWGRUVh7WTcgVgWJcYEXLqVGyjbVDAKjVLcbpnNkmqKZ4v';
const peer = '12D3KooWRR25gFoaQk6acJN8KYe6iDWkd9jeMwLHQPvcU6pFzfeQ';
const socket = `/dns4/relay.example/tcp/443/tls/ws/p2p/${peer}`;
const circuit = `/ip4/127.0.0.1/tcp/8787/ws/p2p/${relay}/p2p-circuit/p2p/${peer}`;
const webrtc = `/ip4/127.0.0.1/tcp/8787/ws/p2p/${relay}/p2p-circuit/webrtc/p2p/${peer}`;

test('the most direct way comes first, the relay last', () => {
  const { peer: named, addresses } = parseDestination([circuit, webrtc, socket]);
  expect(named).toBe(peer);
  expect(addresses.map(String)).toEqual([socket, webrtc, circuit]);
  expect(addresses.map(transportOf)).toEqual(['websocket', 'webrtc', 'websocket']);
  expect(addresses.map(isRelayed)).toEqual([false, false, true]);
});

test('WebTransport, with the hashes of its certificates, is a direct way and comes before a relay', () => {
  const hash = 'uEiDDq4_xNyDorZBH3TlGazyJdOWSwvo4PUo5YHFMrvDE8g';
  const wt = `/ip4/203.0.113.7/udp/4001/quic-v1/webtransport/certhash/${hash}/certhash/${hash}/p2p/${peer}`;
  const { addresses } = parseDestination([circuit, webrtc, wt]);
  expect(addresses.map(transportOf)).toEqual(['webtransport', 'webrtc', 'websocket']);
  expect(isRelayed(addresses[0]!)).toBe(false);
});

test.each<[string, string[]]>([
  ['nothing', []],
  ['an empty text', ['']],
  ['a URL', ['http://example.com']],
  ['an address of nobody', ['/ip4/127.0.0.1/tcp/1/ws']],
  ['a peer id that is none', ['/ip4/127.0.0.1/tcp/1/ws/p2p/nobody']],
  ['an impossible host', [`/ip4/300.0.0.1/tcp/1/ws/p2p/${peer}`]],
  ['an impossible port', [`/ip4/127.0.0.1/tcp/70000/ws/p2p/${peer}`]],
  ['addresses of two peers', [socket, `/ip4/127.0.0.1/tcp/1/ws/p2p/${relay}`]],
  ['an endless address', [`/ip4/127.0.0.1${'/tcp/1'.repeat(200)}/p2p/${peer}`]],
  ['too many', Array<string>(1000).fill(socket)],
])('%s is refused', (_, texts) => {
  expect(() => parseDestination(texts)).toThrow(
    expect.objectContaining({ kind: 'invalid', origin: 'network' }),
  );
});

test('a mutated address is an address or refused, and nothing else', () => {
  const random = seededRandom(3);
  for (let round = 0; round < 3000; round++) {
    const text = [...webrtc];
    for (let change = 0; change < 3; change++) {
      text[Math.floor(random.next() * text.length)] = String.fromCharCode(32 + random.next() * 96);
    }
    try {
      parseAddress(text.join(''));
    } catch (error) {
      expect(error).toMatchObject({ kind: 'invalid', origin: 'network' });
    }
  }
});
