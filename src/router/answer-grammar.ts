import { toolCallsMax } from '../base/limits.ts';
import type { CallStyle } from '../model/call-style.ts';
import type { Grammar } from './grammar/grammar.ts';
import { jsonRules, literal } from './grammar/json-rules.ts';
import { type SchemaRules, schemaRules } from './grammar/schema-grammar.ts';
import { toolsOf } from './prompt.ts';
import type { AnswerFormat, CompletionRequest, Tool } from './request.ts';

/** What the answer to a request may be; undefined where it is free. Throws TabmeshError('invalid', 'router') for a bad schema. */
export function answerGrammar(request: CompletionRequest, style: CallStyle): Grammar | undefined {
  const { toolChoice = 'auto', parallelToolCalls = true, format } = request;
  const tools = toolsOf(request);
  const text = format && formatRules(format);
  if (!tools) return text && whole(text.root, text.rules);
  const chosen =
    typeof toolChoice === 'object' ? tools.filter(({ name }) => name === toolChoice.name) : tools;
  const most = parallelToolCalls && typeof toolChoice !== 'object' ? toolCallsMax : 1;
  const calls = callRules(chosen, style, most);
  const called = `${literal(style.trigger)} calls`;
  if (toolChoice !== 'auto') return whole(called, calls);
  if (text) return whole(`${called} | ${text.root}`, `${calls}\n${text.rules}`);
  return { kind: 'behind', trigger: style.trigger, ebnf: ebnf('calls', calls) };
}

const ebnf = (root: string, rules: string) => `root ::= ${root}\n${rules}\n${jsonRules}`;
const whole = (root: string, rules: string): Grammar => ({ kind: 'whole', ebnf: ebnf(root, rules) });

const formatRules = (format: AnswerFormat): SchemaRules =>
  format.kind === 'json' ? { root: 'object', rules: '' } : schemaRules(format.schema, format.strict, 'f');

/** `calls` is all that stands behind the trigger. */
function callRules(tools: readonly Tool[], style: CallStyle, most: number): string {
  const { trigger, open, close, between, begin, end } = style;
  const rules = tools.map(({ parameters, strict }, i) =>
    // Arguments are an object, also where the schema does not say so.
    schemaRules({ type: 'object', ...parameters }, strict, `t${i}`),
  );
  const calls = (start: (name: string) => string) =>
    tools.map(({ name }, i) => `${literal(start(name))} ${rules[i]!.root} ${literal(end)}`).join(' | ');
  const first = calls(name => (open + begin(name)).slice(trigger.length));
  const more =
    between === undefined || most === 1 ? '' : ` (${calls(name => between + begin(name))}){0,${most - 1}}`;
  return `calls ::= (${first})${more} ${literal(close)}\n${rules.map(each => each.rules).join('\n')}`;
}
