import { createRequire } from 'node:module';
import { TabmeshError } from '../../base/error.ts';

/** What is used of Cloudflare's quiche 0.18, as the package that holds it for Node exports it. */
export interface Quiche {
  readonly Config: {
    withBoringSslCtx(
      verifyPeer: boolean,
      verifyAllowFail: boolean,
      ca: null,
      key: readonly Uint8Array[],
      certificate: readonly Uint8Array[],
      signatures: string,
    ): QuicheConfig;
  };
  readonly Connection: {
    accept(
      scid: Uint8Array,
      odcid: Uint8Array,
      local: QuicheHost,
      remote: QuicheHost,
      config: QuicheConfig,
    ): QuicheConnection;
  };
  readonly Header: { fromSlice(data: Uint8Array, dcidBytes: number): QuicheHeader };
  readonly Type: { readonly Initial: number };
  readonly Shutdown: { readonly Read: number; readonly Write: number };
  versionIsSupported(version: number): boolean;
  negotiateVersion(scid: Uint8Array, dcid: Uint8Array, out: Uint8Array): number;
  retry(
    scid: Uint8Array,
    dcid: Uint8Array,
    newScid: Uint8Array,
    token: Uint8Array,
    version: number,
    out: Uint8Array,
  ): number;
}

export interface QuicheHost {
  readonly host: string;
  readonly port: number;
}

export interface QuicheHeader {
  readonly ty: number;
  readonly version: number;
  readonly dcid: Uint8Array;
  readonly scid: Uint8Array;
  readonly token?: Uint8Array;
}

export interface QuicheConfig {
  setApplicationProtos(protocols: readonly string[]): void;
  setMaxIdleTimeout(ms: number): void;
  setMaxRecvUdpPayloadSize(bytes: number): void;
  setMaxSendUdpPayloadSize(bytes: number): void;
  setInitialMaxData(bytes: number): void;
  setInitialMaxStreamDataBidiLocal(bytes: number): void;
  setInitialMaxStreamDataBidiRemote(bytes: number): void;
  setInitialMaxStreamDataUni(bytes: number): void;
  setInitialMaxStreamsBidi(count: number): void;
  setInitialMaxStreamsUni(count: number): void;
  setMaxConnectionWindow(bytes: number): void;
  setMaxStreamWindow(bytes: number): void;
  setDisableActiveMigration(disabled: boolean): void;
  enableDgram(enabled: boolean, received: number, sent: number): void;
}

/** Throws plain Errors: "StreamReset(7)", "StreamStopped(7)", "StreamLimit", "InvalidPacket" and such. */
export interface QuicheConnection {
  recv(data: Uint8Array, info: { from: QuicheHost; to: QuicheHost }): number;
  send(out: Uint8Array): [bytes: number, info: { to: QuicheHost }] | null;
  streamRecv(stream: number, out: Uint8Array): [bytes: number, fin: boolean] | null;
  streamSend(stream: number, data: Uint8Array, fin: boolean): number | null;
  streamShutdown(stream: number, direction: number, code: number): void;
  readable(): Iterable<number>;
  timeout(): number | null;
  onTimeout(): void;
  close(byApplication: boolean, code: number, reason: Uint8Array): void;
  isEstablished(): boolean;
  isClosed(): boolean;
  isDraining(): boolean;
}

/** QUIC is not in Node, so it comes in a package of its own. TabmeshError('unavailable', 'network') where that does not run. */
export function loadQuiche(): Quiche {
  try {
    return createRequire(import.meta.url)('@matrixai/quic-linux-x64');
  } catch (cause) {
    const machine = `${process.platform} on ${process.arch}`;
    const reason = `WebTransport cannot be offered here (${machine}): its QUIC library is there for Linux on x64 with glibc 2.34 or newer. WebSockets work everywhere.`;
    throw new TabmeshError('unavailable', 'network', reason, { cause });
  }
}
