import { multiaddr } from '@multiformats/multiaddr';
import { expect, test } from 'vitest';
import { mayDial } from './dial-policy.ts';

const peer = '12D3KooWGRUVh7WTcgVgWJcYEXLqVGyjbVDAKjVLcbpnNkmqKZ4v';
const other = '12D3KooWRR25gFoaQk6acJN8KYe6iDWkd9jeMwLHQPvcU6pFzfeQ';
const home = `/ip4/192.168.1.7/tcp/8787/ws/p2p/${peer}`;

test.each<[string, boolean]>([
  [`/dns4/relay.example/tcp/443/tls/ws/p2p/${peer}`, true],
  [`/dns4/relay.example/tcp/443/tls/ws/p2p/${peer}/p2p-circuit/webrtc/p2p/${other}`, true],
  [`/dns4/relay.example/tcp/80/ws/p2p/${peer}`, false],
  [`/ip4/10.0.0.1/tcp/443/tls/ws/p2p/${peer}`, false],
  [`/ip4/127.0.0.1/tcp/8787/ws/p2p/${peer}`, false],
  [`/ip6/::1/tcp/8787/tls/ws/p2p/${peer}`, false],
  [home, true],
  [`${home}/p2p-circuit/webrtc/p2p/${other}`, true],
  [`/ip4/192.168.1.7/tcp/8788/ws/p2p/${peer}`, false],
  [home.replace(peer, other), false],
])('%s: %s', (address, allowed) => {
  expect(mayDial(multiaddr(address), [multiaddr(home)])).toBe(allowed);
});
