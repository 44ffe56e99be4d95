import { expect, test } from 'vitest';
import { dialMs, relayDialsMs } from '../../base/limits.ts';
import { parseAddress } from './addresses.ts';
import { tryMs } from './dial-time.ts';

const peer = '12D3KooWRR25gFoaQk6acJN8KYe6iDWkd9jeMwLHQPvcU6pFzfeQ';
const relay = '/ip4/127.0.0.1/tcp/8787/ws/p2p/12D3KooWGRUVh7WTcgVgWJcYEXLqVGyjbVDAKjVLcbpnNkmqKZ4v';
const direct = parseAddress(`/ip4/127.0.0.1/tcp/1/ws/p2p/${peer}`);
const introduced = parseAddress(`${relay}/p2p-circuit/webrtc/p2p/${peer}`);
const relayed = parseAddress(`${relay}/p2p-circuit/p2p/${peer}`);

test('direct addresses share what those over a relay leave, and what one of them did not take', () => {
  const directMs = dialMs - relayDialsMs;
  expect(tryMs([direct, direct, direct, introduced, relayed], dialMs)).toBe(directMs / 3);
  expect(tryMs([direct, direct, introduced, relayed], dialMs)).toBe(directMs / 2);
  expect(tryMs([introduced, relayed], relayDialsMs)).toBe(relayDialsMs);
});

test('where no relay can help each direct address has its part of the whole, and nobody has less than no time', () => {
  expect(tryMs([direct, direct, direct], dialMs)).toBe(dialMs / 3);
  expect(tryMs([direct, relayed], relayDialsMs - 1)).toBe(0);
  expect(tryMs([relayed], -1)).toBe(0);
});
