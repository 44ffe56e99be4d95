/** The mosaic as data: a strip of a model's layers and who holds them, and the same in words. */
import type { PeerId } from '../base/brand.ts';
import { layersText } from './format.ts';
import { words } from './strings.ts';

export interface StripPart {
  readonly peer: PeerId;
  readonly name: string;
  /** Half-open, as everywhere. */
  readonly first: number;
  readonly last: number;
  /** False while its bytes are still on their way. */
  readonly loaded: boolean;
}

export interface Tile {
  readonly part?: StripPart;
  /** How many layers it stands for. */
  readonly layers: number;
  readonly loaded: boolean;
}

/** Above this many, tiles would be narrower than their gaps on a phone, so a part is one tile. */
const tilesMax = 48;

/** In layer order; layers that nobody holds are tiles without a part. */
export function tilesOf(parts: readonly StripPart[], layers: number): Tile[] {
  const tiles: Tile[] = [];
  const add = (count: number, loaded: boolean, part?: StripPart) => {
    const tile = part === undefined ? { loaded } : { loaded, part };
    if (layers > tilesMax) {
      if (count > 0) tiles.push({ ...tile, layers: count });
    } else for (let index = 0; index < count; index++) tiles.push({ ...tile, layers: 1 });
  };
  let next = 0;
  for (const part of [...parts].sort((a, b) => a.first - b.first)) {
    add(part.first - next, false);
    add(part.last - part.first, part.loaded, part);
    next = part.last;
  }
  add(layers - next, false);
  return tiles;
}

export function stripText(parts: readonly StripPart[], layers: number, self: PeerId | undefined): string {
  if (parts.length === 0) return words.strip.nobody(layers);
  const held = parts.map(part => {
    const text = `${part.peer === self ? words.you : part.name}: ${layersText(part.first, part.last)}`;
    return part.loaded ? text : `${text}, ${words.strip.notLoaded}`;
  });
  return words.strip.held(layers, held.join('; '));
}
