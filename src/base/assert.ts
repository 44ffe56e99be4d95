/** Programmer errors: a broken promise inside this code base. Never used for input from outside. */
export function assert(condition: unknown, message = 'assertion failed'): asserts condition {
  if (!condition) throw new Error(message);
}

export function must<T>(value: T | undefined | null, message = 'value is missing'): T {
  if (value === undefined || value === null) throw new Error(message);
  return value;
}

export function unreachable(value: never): never {
  throw new Error(`unreachable: ${String(value)}`);
}
