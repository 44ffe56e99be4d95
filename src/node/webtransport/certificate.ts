import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';

/** What browsers take by its hash alone: self-signed, P-256, for 14 days at most. */
export interface Certificate {
  /** Both as PEM. */
  readonly key: string;
  readonly certificate: string;
  /** SHA-256 of it. */
  readonly hash: Uint8Array;
  /** In ms since 1970. */
  readonly from: number;
  readonly until: number;
}

export function makeCertificate(from: number, until: number): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const serial = randomBytes(16);
  // Positive, and without a leading zero.
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  const body = sequence(
    tagged(0xa0, tagged(0x02, Uint8Array.of(2))),
    tagged(0x02, serial),
    ecdsaWithSha256,
    name,
    sequence(time(from), time(until)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions,
  );
  const signature = sign('sha256', body, privateKey);
  const der = sequence(body, ecdsaWithSha256, tagged(0x03, Uint8Array.of(0), signature));
  return readCertificate(
    privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    new X509Certificate(der).toString(),
  );
}

/** Throws where they are none, or do not belong together. */
export function readCertificate(key: string, certificate: string): Certificate {
  const parsed = new X509Certificate(certificate);
  if (!parsed.checkPrivateKey(createPrivateKey(key))) throw new Error('The key is of another certificate.');
  return {
    key,
    certificate,
    hash: createHash('sha256').update(parsed.raw).digest(),
    from: Date.parse(parsed.validFrom),
    until: Date.parse(parsed.validTo),
  };
}

function tagged(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.of(tag, ...head), content]);
}

const sequence = (...parts: readonly Uint8Array[]): Uint8Array => tagged(0x30, ...parts);

/** "261129075104Z"; seconds are as fine as it gets. */
const time = (ms: number): Uint8Array =>
  tagged(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/\D/g, '').slice(2, 14)}Z`));

/** 1.2.840.10045.4.3.2 */
const ecdsaWithSha256 = sequence(tagged(0x06, Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)));

/** CN=tabmesh */
const name = sequence(
  tagged(0x31, sequence(tagged(0x06, Uint8Array.of(0x55, 0x04, 0x03)), tagged(0x0c, Buffer.from('tabmesh')))),
);

/** Chromium reads no certificate without any, so this says that it is no authority: 2.5.29.19, basicConstraints. */
const extensions = tagged(
  0xa3,
  sequence(sequence(tagged(0x06, Uint8Array.of(0x55, 0x1d, 0x13)), tagged(0x04, sequence()))),
);
