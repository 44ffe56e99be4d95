import type { ModelId } from '../base/brand.ts';
import type { Model } from '../model/model.ts';
import { headBytes, layerBytes } from '../model/slice.ts';
import { parseInviteLink } from './invite.ts';
import type { InvitePreview } from './pod.ts';
import type { Offer } from './pod-message.ts';
import type { Served } from './served-models.ts';

/** What an invite tells of the models; one whose header is not read yet costs nobody knows what, and is left out. */
export function offersOf(
  served: readonly Served[],
  headerOf: (model: ModelId) => Model | undefined,
): Offer[] {
  return served.flatMap(({ model, name }) => {
    const header = headerOf(model);
    if (!header) return [];
    const layers = Array.from({ length: header.hyper.layers }, (_, layer) => layerBytes(header, layer));
    return [
      { name, layerBytes: layers.reduce((sum, bytes) => sum + bytes, 0), headBytes: headBytes(header) },
    ];
  });
}

/** Each member holds layers in proportion to what it lends. */
export function previewOf(link: string, lendBytes: number): InvitePreview {
  const { name, inviterName, role, uses, expires, models, lentBytes } = parseInviteLink(link);
  const lends = role === 'viewer' ? 0 : Math.max(0, lendBytes);
  const share = lends === 0 ? 0 : lends / (lends + lentBytes);
  return {
    podName: name,
    inviterName,
    role,
    uses,
    expires,
    models: models.map(each => ({
      name: each.name,
      layerBytes: Math.min(lends, Math.round(share * each.layerBytes)),
      headBytes: each.headBytes,
    })),
  };
}
