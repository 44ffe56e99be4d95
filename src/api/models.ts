import type { ModelEntry, Router } from '../router/request.ts';
import { ApiError } from './errors.ts';

/** https://platform.openai.com/docs/api-reference/models/object, and what only Tabmesh knows under `tabmesh`. */
const modelObject = (entry: ModelEntry) => {
  const { name: id, kind } = entry;
  // Not all providers tell since when they have it.
  if (kind !== 'pod') return { id, object: 'model', created: 0, owned_by: entry.provider, tabmesh: { kind } };
  const { since, layers, context, bytes } = entry;
  return {
    id,
    object: 'model',
    created: since,
    owned_by: 'tabmesh',
    tabmesh: { kind, id: entry.id, layers, context, bytes },
  };
};

export async function listModels(router: Router): Promise<Response> {
  const entries = await router.models();
  return Response.json({ object: 'list', data: entries.map(modelObject) });
}

/** `name` as it stands in the path, still encoded. */
export async function oneModel(router: Router, name: string): Promise<Response> {
  const entries = await router.models();
  const wanted = decode(name);
  const entry =
    entries.find(each => each.name === wanted) ??
    entries.find(each => each.kind === 'pod' && each.id === wanted);
  if (entry) return Response.json(modelObject(entry));
  const ours = entries.filter(each => each.kind === 'pod').map(each => each.name);
  const known = ours.join(', ') || 'none yet';
  throw new ApiError(404, `No model is called "${wanted.slice(0, 100)}" here. There is: ${known}.`, {
    param: 'model',
    code: 'model_not_found',
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
