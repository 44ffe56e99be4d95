import { expect, test } from 'vitest';
import type { ModelId, PeerId, PodId } from '../../base/brand.ts';
import { diagnosticsText } from './diagnostics.ts';

test('states and times are in it; names of pods and models, addresses and passwords are not', () => {
  const peer = '12D3KooWPeer' as PeerId;
  const text = diagnosticsText({
    browser: 'Chrome',
    isolated: true,
    self: '12D3KooWSelf',
    device: undefined,
    status: { kind: 'offline', reason: 'No relay answers.' },
    steps: [{ name: 'relay', state: 'failed', ms: 1234.5 }],
    relays: [
      {
        peer,
        name: 'Calm-Otter',
        addresses: ['/dns4/secret.example/tcp/443/tls/ws'],
        named: true,
        state: 'silent',
      },
    ],
    connections: [{ peer, kind: 'direct', transport: 'webrtc', path: 'nat', rttMs: 12.4, bytesSent: 2e6 }],
    settings: {
      relays: ['/dns4/secret.example/tcp/443/tls/ws'],
      iceServers: [{ urls: ['turn:secret.example'], username: 'secret-user', credential: 'secret-word' }],
    },
    pod: {
      id: 'secret-pod' as PodId,
      name: 'Secret garden',
      self: '12D3KooWSelf' as PeerId,
      spread: 'fast',
      members: [],
      models: [{ id: 'https://secret.example/m.gguf' as ModelId, name: 'secret-model' }],
    },
    problem: undefined,
  });
  expect(text).not.toMatch(/secret/i);
  for (const part of [
    'offline, No relay answers.',
    'relay: failed, 1235 ms',
    '12D3KooWPeer: silent, named',
    'direct, webrtc, nat, 12 ms, 2.0 MB sent',
    '1 relays named, 1 ICE servers named',
    '0 members, plans fast',
  ])
    expect(text).toContain(part);
});
