/**
 * A Jinja template out of a file that anybody may have made. Bounded: its size, every text it makes, `range`, and its
 * time, looked at between two steps. Not bounded is one single step, such as `replace` on a text of the largest size,
 * which ends at the engine's own limit for strings.
 */
import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import { assert } from '../base/assert.ts';
import {
  templateCharactersMax,
  templateMs,
  templateRangeMax,
  templateTextCharactersMax,
} from '../base/limits.ts';

export class BoundedTemplate {
  readonly #program: ReturnType<typeof parse>;

  /** Throws an Error that says what is wrong with the template. */
  constructor(source: string) {
    if (source.length > templateCharactersMax)
      throw new Error(`it has ${source.length} characters, more than ${templateCharactersMax}`);
    this.#program = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
  }

  /** Throws an Error that says why the template failed; a template may raise its own. */
  render(variables: Readonly<Record<string, unknown>>): string {
    const environment = new Environment();
    // The library sets these only inside its own Template, which has no bounds.
    const globals = { true: true, false: false, none: null, True: true, False: false, None: null };
    for (const [name, value] of Object.entries({ ...globals, raise_exception: raise, range, ...variables }))
      environment.set(name, value);
    const text = new BoundedInterpreter(environment).run(this.#program).value;
    assert(typeof text === 'string');
    return text;
  }
}

class BoundedInterpreter extends Interpreter {
  readonly #end = performance.now() + templateMs;

  override evaluate(...step: Parameters<Interpreter['evaluate']>): ReturnType<Interpreter['evaluate']> {
    if (performance.now() > this.#end) throw new Error(`it took longer than ${templateMs} ms`);
    const result = super.evaluate(...step);
    if (typeof result.value === 'string' && result.value.length > templateTextCharactersMax)
      throw new Error(`it made a text of more than ${templateTextCharactersMax} characters`);
    return result;
  }
}

function raise(message: string): never {
  throw new Error(message);
}

function range(start: number, stop?: number, step = 1): number[] {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  const count = step === 0 ? Number.NaN : Math.max(0, Math.ceil((to - from) / step));
  if (!(count <= templateRangeMax)) throw new Error(`range() gives more than ${templateRangeMax} numbers`);
  return Array.from({ length: count }, (_, index) => from + index * step);
}
