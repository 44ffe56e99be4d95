/** Throws where `value` is not of `schema`: of the keywords that the tests use, by their definition and not by any grammar. */
type Schema = Record<string, unknown>;

export function check(schema: Schema, value: unknown, root: Schema = schema): void {
  const fault = faultOf(schema, value, root);
  if (fault !== undefined) throw new Error(`${JSON.stringify(value)}: ${fault} in ${JSON.stringify(schema)}`);
}

function faultOf(schema: Schema, value: unknown, root: Schema): string | undefined {
  const inner = (each: unknown, part: unknown) => faultOf(each as Schema, part, root);
  const { $ref, anyOf, type } = schema;
  if (typeof $ref === 'string') {
    const target = $ref
      .split('/')
      .slice(1)
      .reduce<unknown>((at, key) => (at as Schema)[key], root);
    return inner(target, value);
  }
  if (Array.isArray(anyOf))
    return anyOf.every(each => inner(each, value) !== undefined) ? 'none of anyOf' : undefined;
  const same = (other: unknown) => JSON.stringify(other) === JSON.stringify(value);
  if ('const' in schema) return same(schema['const']) ? undefined : 'not the const';
  if ('enum' in schema) return (schema['enum'] as unknown[]).some(same) ? undefined : 'not in the enum';
  if (type !== undefined && ![type].flat().some(each => isOf(each as string, value))) return 'another type';
  if (typeof value === 'number') return ofNumber(schema, value);
  if (typeof value === 'string') return ofString(schema, value);
  if (Array.isArray(value)) {
    const { items, prefixItems, minItems = 0, maxItems = Infinity } = schema;
    if (value.length < (minItems as number) || value.length > (maxItems as number))
      return 'a wrong count of items';
    return value
      .map((each, i) => inner(Array.isArray(prefixItems) ? prefixItems[i] : (items ?? {}), each))
      .find(fault => fault !== undefined);
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const properties = (schema['properties'] ?? {}) as Schema;
  const missing = ((schema['required'] ?? []) as string[]).find(name => !Object.hasOwn(value, name));
  if (missing !== undefined) return `no ${missing}`;
  for (const [name, each] of Object.entries(value)) {
    const own = Object.hasOwn(properties, name) ? properties[name] : schema['additionalProperties'];
    const fault = own === false ? `an unknown ${name}` : inner(own ?? {}, each);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

function ofNumber(schema: Schema, value: number): string | undefined {
  const {
    minimum = -Infinity,
    maximum = Infinity,
    exclusiveMinimum = -Infinity,
    exclusiveMaximum = Infinity,
  } = schema;
  const within =
    value >= Number(minimum) &&
    value <= Number(maximum) &&
    value > Number(exclusiveMinimum) &&
    value < Number(exclusiveMaximum);
  return within ? undefined : 'beyond its bounds';
}

function ofString(schema: Schema, value: string): string | undefined {
  const length = [...value].length;
  const { minLength = 0, maxLength = Infinity, format } = schema;
  // One character of bytes that are no UTF-8 is shown as several.
  if (!value.includes('\ufffd') && (length < Number(minLength) || length > Number(maxLength)))
    return 'a wrong length';
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
  return format === 'uuid' && !isId ? 'no uuid' : undefined;
}
