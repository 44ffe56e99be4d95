import type { ModelEntry } from '../router/request.ts';
import type { AnswerParts } from './answer.ts';
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

/** https://docs.anthropic.com/en/api/models */
const messageModelObject = (entry: ModelEntry) => ({
  type: 'model',
  id: entry.name,
  display_name: entry.name,
  created_at: new Date(entry.kind === 'pod' ? entry.since * 1000 : 0).toISOString(),
});

/** Both families ask at the same address; Anthropic's clients say so. */
const isOfAnthropic = ({ headers }: Request): boolean => headers.has('anthropic-version');
const objectFor = (request: Request): ((entry: ModelEntry) => { readonly id: string }) =>
  isOfAnthropic(request) ? messageModelObject : modelObject;

/** What a caller may not ask for is not there for it. */
async function entriesFor({ router, caller }: AnswerParts): Promise<readonly ModelEntry[]> {
  const entries = await router.models();
  return caller ? entries.filter(({ name }) => caller.mayAsk(name)) : entries;
}

export async function listModels(request: Request, parts: AnswerParts): Promise<Response> {
  const entries = await entriesFor(parts);
  const data = entries.map(objectFor(request));
  if (!isOfAnthropic(request)) return Response.json({ object: 'list', data });
  const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
  return Response.json({ data, has_more: false, ...ends });
}

/** `name` as it stands in the path, still encoded. */
export async function oneModel(request: Request, parts: AnswerParts, name: string): Promise<Response> {
  const entries = await entriesFor(parts);
  const wanted = decode(name);
  const entry =
    entries.find(each => each.name === wanted) ??
    entries.find(each => each.kind === 'pod' && each.id === wanted);
  if (entry) return Response.json(objectFor(request)(entry));
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
