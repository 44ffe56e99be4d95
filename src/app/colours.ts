/** Twelve colours with patterns: theme.css has the values of --peer-N, mosaic.css the patterns. */
export const colourNames = [
  'teal',
  'amber',
  'lilac',
  'rose',
  'leaf',
  'blue',
  'pink',
  'citron',
  'indigo',
  'clay',
  'jade',
  'orchid',
] as const;

const taken = new Map<string, number>();

/** FNV-1a: every tab gives a peer the same first choice. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return value;
}

/** A peer keeps its colour as long as the page lives; two peers share one only when all twelve are in use. */
export function colourOf(peer: string): number {
  const known = taken.get(peer);
  if (known !== undefined) return known;
  const first = hash(peer) % colourNames.length;
  const used = new Set(taken.values());
  let colour = first;
  while (used.has(colour) && used.size < colourNames.length) colour = (colour + 1) % colourNames.length;
  taken.set(peer, colour);
  return colour;
}
