/**
 * JSON schema to a grammar of just the texts that are JSON of it. (XGrammar has a converter; 0.1.27 lets control characters into
 * strings that have a length, knows no bounds of numbers, takes patterns for JSON, and ends the process on a schema that it
 * cannot read. Its grammars are what is used.)
 */
import { TabmeshError } from '../../base/error.ts';
import { schemaCharactersMax, schemaCountMax, schemaDepthMax, schemaPartsMax } from '../../base/limits.ts';
import type { JsonSchema } from '../request.ts';
import { literal } from './json-rules.ts';
import { integerRange, numberRange } from './number-range.ts';
import { patternOf } from './pattern.ts';

/** `root` is the name of one of the rules, or of jsonRules, which go along. */
export interface SchemaRules {
  readonly root: string;
  readonly rules: string;
}

/**
 * EBNF rules of which `root` is a JSON text of `schema`; their names begin with `prefix`. Properties come in the schema's order and no others, numbers have bounds that
 * are whole. Where `strict`, what cannot be held is refused with its place; else it is passed over, and what is held is
 * still held. Throws TabmeshError('invalid', 'router') in any case for what is no schema, or beyond the limits.
 */
export function schemaRules(schema: JsonSchema, strict: boolean, prefix = ''): SchemaRules {
  let characters: number;
  try {
    characters = JSON.stringify(schema).length;
  } catch {
    throw invalid('', 'cannot be read');
  }
  if (characters > schemaCharactersMax)
    throw invalid('', `has ${characters} characters, more than ${schemaCharactersMax}`);
  const writer = new Writer(schema, strict, prefix);
  const root = writer.rule(schema, '', 0);
  return { root, rules: writer.rules.join('\n') };
}

const types = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const;
type Type = (typeof types)[number];
type Fields = Readonly<Record<string, unknown>>;

/** Say nothing about which texts are right. */
const annotations = [
  '$schema',
  '$id',
  '$comment',
  '$defs',
  'definitions',
  'title',
  'description',
  'default',
  'examples',
  'example',
  'deprecated',
  'readOnly',
  'writeOnly',
];
const heldOf: Readonly<Record<Type, readonly string[]>> = {
  object: ['properties', 'required', 'additionalProperties'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems'],
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  number: ['minimum', 'maximum'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  boolean: [],
  null: [],
};

class Writer {
  readonly rules: string[] = [];
  readonly #root: JsonSchema;
  readonly #strict: boolean;
  readonly #prefix: string;
  readonly #references = new Map<string, string>();
  #parts = 0;

  constructor(root: JsonSchema, strict: boolean, prefix: string) {
    this.#root = root;
    this.#strict = strict;
    this.#prefix = prefix;
  }

  /** The name of a rule for `schema`, which stands at `place`. */
  rule(schema: unknown, place: string, depth: number): string {
    if (schema === true) return 'any';
    if (!isFields(schema)) throw invalid(place, 'must be an object or true');
    if (depth > schemaDepthMax) throw invalid(place, `lies deeper than ${schemaDepthMax} schemas`);
    const body = this.#body(schema, place, depth);
    return /^\w+$/.test(body) ? body : this.#add(body);
  }

  #add(body: string): string {
    if (++this.#parts > schemaPartsMax) throw invalid('', `has more than ${schemaPartsMax} parts`);
    const name = `${this.#prefix}r${this.#parts}`;
    this.rules.push(`${name} ::= ${body}`);
    return name;
  }

  #body(schema: Fields, place: string, depth: number): string {
    if ('$ref' in schema) {
      this.#onlyHeld(schema, ['$ref'], place);
      return this.#reference(schema['$ref'], place, depth);
    }
    if ('const' in schema) {
      this.#onlyHeld(schema, ['const', 'type'], place);
      return literal(JSON.stringify(schema['const']));
    }
    if ('enum' in schema) {
      this.#onlyHeld(schema, ['enum', 'type'], place);
      const values = schema['enum'];
      if (!Array.isArray(values) || values.length === 0) throw invalid(`${place}/enum`, 'must hold values');
      return values.map(value => literal(JSON.stringify(value))).join(' | ');
    }
    const type = this.#typesOf(schema, place);
    const [first] = type;
    const holdsParts = 'properties' in schema || 'items' in schema;
    for (const choice of ['anyOf', 'oneOf', 'allOf'] as const) {
      const among = schema[choice];
      if (among === undefined || holdsParts) continue;
      if (!Array.isArray(among) || among.length === 0)
        throw invalid(`${place}/${choice}`, 'must hold schemas');
      // One of several and none of the others is more than a grammar can say.
      const isHeld = choice === 'anyOf' || among.length === 1;
      if (choice === 'allOf' && !isHeld) continue;
      this.#onlyHeld(schema, isHeld ? [choice, 'type'] : ['type'], place);
      return among.map((each, i) => this.rule(each, `${place}/${choice}/${i}`, depth + 1)).join(' | ');
    }
    if (first === undefined) {
      this.#onlyHeld(schema, [], place);
      return 'any';
    }
    this.#onlyHeld(schema, ['type', ...type.flatMap(each => heldOf[each])], place);
    return type.map(each => this.#typed(each, schema, place, depth)).join(' | ');
  }

  #typesOf(schema: Fields, place: string): readonly Type[] {
    const { type } = schema;
    if (type === undefined) return types.filter(each => heldOf[each].some(key => key in schema)).slice(0, 1);
    const named = [type].flat();
    const strange = named.find(each => !(types as readonly unknown[]).includes(each));
    if (strange !== undefined || named.length === 0)
      throw invalid(`${place}/type`, `must be one or some of ${types.join(', ')}`);
    return named as Type[];
  }

  #typed(type: Type, schema: Fields, place: string, depth: number): string {
    if (type === 'object') return this.#object(schema, place, depth);
    if (type === 'array') return this.#array(schema, place, depth);
    if (type === 'string') return this.#string(schema, place);
    if (type === 'number' || type === 'integer') return this.#number(type, schema, place);
    return type;
  }

  #object(schema: Fields, place: string, depth: number): string {
    const properties = schema['properties'] ?? {};
    const required = schema['required'] ?? [];
    if (!isFields(properties)) throw invalid(`${place}/properties`, 'must be an object');
    if (!Array.isArray(required) || required.some(name => typeof name !== 'string'))
      throw invalid(`${place}/required`, 'must be a list of names');
    const named = new Map<string, unknown>(Object.entries(properties));
    for (const name of required) if (!named.has(name)) named.set(name, true);
    if (named.size === 0) {
      const more = schema['additionalProperties'] ?? !('properties' in schema);
      return this.#map(more, place, depth);
    }
    // From the last to the first: what may follow once a property stands there, and what where none does yet.
    let [rest, start] = ['""', '""'];
    for (const [name, value] of [...named].reverse()) {
      const at = `${place}/properties/${name}`;
      const pair = `${literal(JSON.stringify(name))} colon ${this.rule(value, at, depth + 1)}`;
      const isRequired = required.includes(name);
      const after = rest === '""' ? '' : ` ${rest}`;
      start = this.#add(isRequired ? pair + after : `${pair}${after} | ${start}`);
      rest = this.#add(isRequired ? `comma ${pair}${after}` : `comma ${pair}${after} | ${rest}`);
    }
    return `"{" space ${start} space "}"`;
  }

  #map(value: unknown, place: string, depth: number): string {
    if (value === false) return '"{" space "}"';
    const schema = this.rule(value, `${place}/additionalProperties`, depth + 1);
    const pair = `string colon ${schema}`;
    return schema === 'any' ? 'object' : `"{" space (${pair} (comma ${pair})*)? space "}"`;
  }

  #array(schema: Fields, place: string, depth: number): string {
    const { prefixItems, items } = schema;
    const [min, max] = this.#counts(schema, 'minItems', 'maxItems', place);
    if (prefixItems !== undefined) {
      if (!Array.isArray(prefixItems)) throw invalid(`${place}/prefixItems`, 'must be a list of schemas');
      const count = prefixItems.length;
      if (min > count || max < count)
        throw invalid(place, `must have room for its ${count} prefixItems, and no more`);
      const rules = prefixItems.map((each, i) => this.rule(each, `${place}/prefixItems/${i}`, depth + 1));
      return `"[" space ${rules.join(' comma ')} space "]"`;
    }
    if (items === false || max === 0) {
      if (min > 0) throw invalid(place, 'wants items and allows none');
      return '"[" space "]"';
    }
    const item = this.rule(items ?? true, `${place}/items`, depth + 1);
    const more = `(comma ${item}){${Math.max(min - 1, 0)},${max === Infinity ? '' : max - 1}}`;
    return min > 0 ? `"[" space ${item} ${more} space "]"` : `"[" space (${item} ${more})? space "]"`;
  }

  #string(schema: Fields, place: string): string {
    const { pattern, format } = schema;
    const [min, max] = this.#counts(schema, 'minLength', 'maxLength', place);
    const isCounted = min > 0 || max < Infinity;
    const held = patternOf(pattern, format);
    if (held === undefined && (pattern !== undefined || format !== undefined))
      this.#refuse(
        place,
        pattern === undefined ? `"format" ${JSON.stringify(format)}` : '"pattern" as it stands',
      );
    if (held !== undefined && isCounted) this.#refuse(place, 'a length beside "pattern" or "format"');
    if (held !== undefined && pattern !== undefined && format !== undefined)
      this.#refuse(place, '"format" beside "pattern"');
    if (held !== undefined) return `"\\"" ${held} "\\""`;
    // Without escapes, which would make a group of it: to write out 400 of a group takes a minute and more.
    return isCounted ? `"\\"" [^\\0-\\x1f\\"\\\\]{${min},${max === Infinity ? '' : max}} "\\""` : 'string';
  }

  #number(type: 'number' | 'integer', schema: Fields, place: string): string {
    const bound = (key: string): number | undefined => {
      const value = schema[key];
      if (value === undefined) return undefined;
      if (typeof value !== 'number') throw invalid(`${place}/${key}`, 'must be a number');
      return value;
    };
    const isWhole = type === 'integer';
    let [min, max] = [bound('minimum') ?? -Infinity, bound('maximum') ?? Infinity];
    if (isWhole) {
      min = Math.max(Math.ceil(min), Math.floor(bound('exclusiveMinimum') ?? -Infinity) + 1);
      max = Math.min(Math.floor(max), Math.ceil(bound('exclusiveMaximum') ?? Infinity) - 1);
    }
    const isSafe = (limit: number) => Math.abs(limit) === Infinity || Number.isSafeInteger(limit);
    if (!isSafe(min) || !isSafe(max)) this.#refuse(place, 'a bound that is no whole number');
    if (!isSafe(min)) min = -Infinity;
    if (!isSafe(max)) max = Infinity;
    if (min === -Infinity && max === Infinity) return type;
    const range = isWhole ? integerRange(min, max) : numberRange(min, max);
    if (range === undefined) throw invalid(place, 'leaves no number between its bounds');
    return range;
  }

  #counts(schema: Fields, least: string, most: string, place: string): [number, number] {
    const [min, max] = [schema[least] ?? 0, schema[most] ?? Infinity];
    const isCount = (value: unknown) =>
      value === Infinity || (Number.isSafeInteger(value) && Number(value) >= 0);
    if (!isCount(min) || !isCount(max) || Number(min) > Number(max))
      throw invalid(place, `has "${least}" ${min} and "${most}" ${max}`);
    if (Number(min) > schemaCountMax) throw invalid(place, `has a "${least}" beyond ${schemaCountMax}`);
    if (Number(max) <= schemaCountMax || max === Infinity) return [Number(min), Number(max)];
    this.#refuse(place, `"${most}" beyond ${schemaCountMax}`);
    return [Number(min), Infinity];
  }

  #reference(pointer: unknown, place: string, depth: number): string {
    if (typeof pointer !== 'string' || !/^#(\/|$)/.test(pointer))
      throw invalid(`${place}/$ref`, 'must lead to a place in the same schema, such as "#/$defs/NAME"');
    const known = this.#references.get(pointer);
    if (known !== undefined) return known;
    const name = `${this.#prefix}ref${this.#references.size}`;
    this.#references.set(pointer, name);
    let target: unknown = this.#root;
    for (const key of pointer.split('/').slice(1)) {
      const plain = decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
      const holds = typeof target === 'object' && target !== null && Object.hasOwn(target, plain);
      if (!holds) throw invalid(`${place}/$ref`, `leads to ${pointer.slice(0, 100)}, where there is nothing`);
      target = (target as Fields)[plain];
    }
    this.rules.push(`${name} ::= ${this.rule(target, pointer.slice(1), depth + 1)}`);
    return name;
  }

  #onlyHeld(schema: Fields, held: readonly string[], place: string): void {
    const other = Object.keys(schema).find(key => !held.includes(key) && !annotations.includes(key));
    if (other !== undefined) this.#refuse(place, JSON.stringify(other.slice(0, 64)));
  }

  /** `what` is passed over, where that is allowed. */
  #refuse(place: string, what: string): void {
    if (this.#strict)
      throw invalid(place, `has ${what}, which cannot be held here; leave it out, or do without "strict"`);
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const invalid = (place: string, fault: string) =>
  new TabmeshError(
    'invalid',
    'router',
    `The JSON schema${place === '' ? '' : ` at #${place.slice(0, 200)}`} ${fault}.`,
  );
