import type { PeerConnection } from '../../network/network.ts';

/** How a connection goes, as far as the browser tells. Each has words, and a line of its own in the picture. */
export type How = 'host' | 'nat' | 'turn' | 'direct' | 'relayed';

export const howOf = ({ kind, path }: Pick<PeerConnection, 'kind' | 'path'>): How =>
  kind === 'relayed' ? 'relayed' : (path ?? 'direct');

/** SVG dashes: whole, nearly whole, long, dots, and dot-dash, so that no kind is told by colour. */
export const dashes: Record<How, string> = {
  direct: '24 4',
  host: 'none',
  nat: '12 5',
  turn: '2 5',
  relayed: '10 4 2 4',
};
