/** A conversation as it is kept and exported: a tree of questions with their answers, each below the one it follows. */
import * as v from 'valibot';
import { TabmeshError } from '../base/error.ts';
import { chatCharactersMax, chatExchangesMax, chatsMax, textCharactersMax } from '../base/limits.ts';

const label = v.pipe(v.string(), v.maxLength(textCharactersMax));
const longText = v.pipe(v.string(), v.maxLength(chatCharactersMax));
const id = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));

const sampling = v.object({
  temperature: v.pipe(amount, v.maxValue(2)),
  topK: count,
  topP: v.pipe(amount, v.maxValue(1)),
  minP: v.pipe(amount, v.maxValue(1)),
});

const exchange = v.object({
  id,
  /** The exchange that it follows; missing: it begins the conversation. */
  parent: v.optional(id),
  question: longText,
  answer: longText,
  model: label,
  phase: v.picklist(['done', 'cut', 'stopped', 'failed']),
  problem: v.optional(label),
  refused: v.optional(v.boolean()),
  layers: count,
  route: v.optional(
    v.looseObject({
      kind: label,
      reason: label,
      hops: v.pipe(
        v.array(v.object({ peer: label, name: label, device: label, first: count, last: count })),
        v.maxLength(64),
      ),
    }),
  ),
  interruptions: v.pipe(v.array(label), v.maxLength(64)),
  usage: v.optional(v.object({ promptTokens: count, cachedTokens: count, completionTokens: count })),
  timings: v.optional(v.object({ firstTokenMs: amount, totalMs: amount, tokensPerSecond: amount })),
});

const chat = v.pipe(
  v.object({
    id,
    title: label,
    createdAt: amount,
    updatedAt: amount,
    system: longText,
    /** Missing: as its model's makers advise. */
    sampling: v.optional(sampling),
    exchanges: v.pipe(v.array(exchange), v.maxLength(chatExchangesMax)),
    /** The last exchange of the branch that is shown. */
    leaf: v.optional(id),
  }),
  v.check(({ exchanges, leaf }) => {
    const known = new Set<string>();
    for (const each of exchanges) {
      if (known.has(each.id) || (each.parent !== undefined && !known.has(each.parent))) return false;
      known.add(each.id);
    }
    return leaf === undefined || known.has(leaf);
  }, 'an exchange follows one that is not there'),
);

export type StoredSampling = v.InferOutput<typeof sampling>;
export type StoredExchange = v.InferOutput<typeof exchange>;
export type StoredChat = v.InferOutput<typeof chat>;

const exported = v.object({
  tabmesh: v.literal('chats/1'),
  chats: v.pipe(v.array(chat), v.maxLength(chatsMax)),
});

/** Undefined for bytes that are no chat. */
export function decodeChat(bytes: Uint8Array): StoredChat | undefined {
  try {
    const result = v.safeParse(chat, JSON.parse(new TextDecoder().decode(bytes)));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

export const encodeChat = (chat: StoredChat): Uint8Array => new TextEncoder().encode(JSON.stringify(chat));

export const exportChats = (chats: readonly StoredChat[]): string =>
  JSON.stringify({ tabmesh: 'chats/1', chats }, undefined, 1);

/** Throws TabmeshError('invalid', 'app') for a text that `exportChats` did not make. */
export function parseExport(text: string): StoredChat[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const result = v.safeParse(exported, value, { abortEarly: true });
  if (result.success) return result.output.chats;
  const where = v.getDotPath(result.issues[0]);
  throw new TabmeshError(
    'invalid',
    'app',
    `This is no file of exported chats${where ? ` (see ${where})` : ''}. Nothing was changed. Choose a file that Export made.`,
  );
}

/** Both versions of one chat in one: another tab may have gone on in it. What is in both is taken from the first. */
export function mergeChats(ours: StoredChat, theirs: StoredChat | undefined): StoredChat {
  if (!theirs) return ours;
  const known = new Set(ours.exchanges.map(each => each.id));
  const more = theirs.exchanges.filter(each => !known.has(each.id));
  if (more.length === 0) return ours;
  return { ...ours, exchanges: [...ours.exchanges, ...more].slice(0, chatExchangesMax) };
}
