import { expect, test } from 'vitest';
import { Admission } from './admission.ts';
import { clientAddress, trustedProxies } from './client-address.ts';
import { exposition } from './metrics.ts';
import { subnetOf } from './subnet.ts';

test.each([
  ['203.0.113.77', '203.0.113.0/24'],
  ['::ffff:203.0.113.77', '203.0.113.0/24'],
  ['2001:db8:1:2::5', '2001:db8:1::/48'],
  ['2001:0DB8:0001:ffff:1:2:3:4', '2001:db8:1::/48'],
  ['2001:db8::1', '2001:db8:0::/48'],
  ['::1', '0:0:0::/48'],
  ['fe80::1%eth0', 'fe80:0:0::/48'],
])('%s counts for %s', (address, subnet) => {
  expect(subnetOf(address)).toBe(subnet);
});

test('a subnet has its share of connections, and gets it back once', () => {
  const admission = new Admission({ connections: 2, reservations: 1 });
  const [first, second] = [admission.connect('203.0.113.1'), admission.connect('203.0.113.2')];
  expect([first?.subnet, second?.subnet]).toEqual(['203.0.113.0/24', '203.0.113.0/24']);
  expect(admission.connect('203.0.113.3')).toBe(undefined);
  expect(admission.connect('198.51.100.1')).toBeDefined();
  first!.end();
  first!.end();
  expect(admission.connect('203.0.113.3')).toBeDefined();
  expect(admission.connect('203.0.113.3')).toBe(undefined);
});

test('a subnet has its share of places; who comes from nowhere has none', () => {
  const admission = new Admission({ connections: 9, reservations: 2 });
  for (const port of [1, 2, 3]) admission.assign(port, '203.0.113.0/24');
  admission.assign(4, '198.51.100.0/24');
  expect(admission.mayReserve([1], [])).toBe(true);
  expect(admission.mayReserve([1], [[2], [4]])).toBe(true);
  expect(admission.mayReserve([1], [[2], [3, 4]])).toBe(false);
  expect(admission.mayReserve([4], [[2], [3]])).toBe(true);
  expect(admission.mayReserve([5], [])).toBe(false);
  admission.release(3);
  expect(admission.mayReserve([1], [[2], [3]])).toBe(true);
  // WebTransport comes from the client's own address, and counts with the rest of its subnet.
  expect(admission.mayReserve(['203.0.113.9'], [[2], ['203.0.113.8']])).toBe(false);
  expect(admission.mayReserve([1], [['203.0.113.7'], ['203.0.113.8']])).toBe(false);
  expect(admission.mayReserve(['2001:db8::1'], [['203.0.113.7'], ['203.0.113.8']])).toBe(true);
});

test.each<[string, string | undefined, string, string]>([
  ['a stranger cannot speak for others', '203.0.113.5', '198.51.100.9', '198.51.100.9'],
  ['a trusted proxy can', '203.0.113.5', '127.0.0.1', '203.0.113.5'],
  ['also as IPv4 in IPv6', '203.0.113.5', '::ffff:127.0.0.1', '203.0.113.5'],
  [
    'what the client itself wrote comes first and is not read',
    '1.1.1.1, 203.0.113.5',
    '127.0.0.1',
    '203.0.113.5',
  ],
  ['proxies behind each other', '203.0.113.5, 10.1.2.3', '127.0.0.1', '203.0.113.5'],
  ['garbage counts for the proxy', 'unknown', '127.0.0.1', '127.0.0.1'],
  ['no header counts for the proxy', undefined, '10.0.0.1', '10.0.0.1'],
  ['only proxies', '10.0.0.2', '127.0.0.1', '127.0.0.1'],
])('%s', (_, header, remoteAddress, expected) => {
  const headers = header === undefined ? {} : { 'x-forwarded-for': header };
  const trusted = trustedProxies(['127.0.0.1', '10.0.0.0/8']);
  expect(clientAddress({ headers, socket: { remoteAddress } }, trusted)).toBe(expected);
});

test.each(['', 'proxy', '10.0.0.0/', '10.0.0.0/33', '10.0.0/8', '::1/129'])(
  '"%s" is no network to trust',
  text => {
    expect(() => trustedProxies([text])).toThrow(
      expect.objectContaining({ kind: 'invalid', origin: 'node' }),
    );
  },
);

test('metrics are in the text format, with what is in labels escaped', () => {
  const text = exposition([
    { name: 'a_total', help: 'Some.', type: 'counter', values: [{ labels: { what: 'x"\\\n' }, value: 2 }] },
    { name: 'b', help: 'More.', type: 'gauge', values: [{ value: 0.5 }] },
  ]);
  expect(text).toBe(
    '# HELP a_total Some.\n# TYPE a_total counter\na_total{what="x\\"\\\\\\n"} 2\n# HELP b More.\n# TYPE b gauge\nb 0.5\n',
  );
});
