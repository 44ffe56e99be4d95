import type { PeerId } from '../base/brand.ts';
import { words } from './strings.ts';
import type { StripPart } from './strip.ts';

/** The layers that are stored here, as a strip: runs of this tab's own. */
export function storedParts(layers: readonly boolean[], self: PeerId): StripPart[] {
  const parts: StripPart[] = [];
  layers.forEach((stored, layer) => {
    if (!stored) return;
    const before = parts.at(-1);
    if (before?.last === layer) parts[parts.length - 1] = { ...before, last: layer + 1 };
    else parts.push({ peer: self, name: words.you, first: layer, last: layer + 1, loaded: true });
  });
  return parts;
}
