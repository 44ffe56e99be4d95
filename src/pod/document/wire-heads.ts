import { fromBase64Url, toBase64Url } from '../../base/bytes.ts';
import type { WireHeads } from '../pod-message.ts';
import type { Head } from './keeper.ts';
import type { StatementHash } from './statement.ts';

export const toWireHeads = (heads: readonly Head[]): WireHeads =>
  heads.map(head => ({ ...head, hash: fromBase64Url(head.hash) as Uint8Array<ArrayBuffer> }));

export const toHeads = (heads: WireHeads): Head[] =>
  heads.map(head => ({ ...head, hash: toBase64Url(head.hash) as StatementHash | '' }));
