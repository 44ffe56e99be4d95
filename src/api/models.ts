import type { ModelEntry, Router } from '../router/request.ts';
import { ApiError } from './errors.ts';

/** https://platform.openai.com/docs/api-reference/models/object, and what only Tabmesh knows under `tabmesh`. */
const modelObject = ({ name, id, since, layers, context, bytes }: ModelEntry) => ({
  id: name,
  object: 'model',
  created: since,
  owned_by: 'tabmesh',
  tabmesh: { id, layers, context, bytes },
});

export async function listModels(router: Router): Promise<Response> {
  const entries = await router.models();
  return Response.json({ object: 'list', data: entries.map(modelObject) });
}

/** `name` as it stands in the path, still encoded. */
export async function oneModel(router: Router, name: string): Promise<Response> {
  const entries = await router.models();
  const wanted = decode(name);
  const entry = entries.find(each => each.name === wanted) ?? entries.find(each => each.id === wanted);
  if (entry) return Response.json(modelObject(entry));
  const known = entries.map(each => each.name).join(', ') || 'none yet';
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
