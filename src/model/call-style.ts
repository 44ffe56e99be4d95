/** How models write the calls of tools: each family was trained on its own way, which its chat template shows. */

/** An answer's calls are `open`, the calls with `between` in between, and `close`. */
export interface CallStyle {
  /** What a call begins with wherever one may stand; `open` and the first call begin with it. */
  readonly trigger: string;
  readonly open: string;
  readonly close: string;
  /** Undefined: one call is all. */
  readonly between?: string;
  /** In front of the arguments, which are a JSON object. */
  readonly begin: (name: string) => string;
  readonly end: string;
  /** Texts of these that may be control tokens. */
  readonly marks: readonly string[];
}

/** Hermes and Qwen, and what models are taught here whose template knows no tools. */
export const hermesCalls: CallStyle = {
  trigger: '<tool_call>',
  open: '',
  close: '',
  between: '\n',
  begin: name => `<tool_call>\n{"name": ${JSON.stringify(name)}, "arguments": `,
  end: '}\n</tool_call>',
  marks: ['<tool_call>', '</tool_call>'],
};

const mistralList = (space: string): CallStyle => ({
  trigger: '[TOOL_CALLS]',
  open: `[TOOL_CALLS]${space}[`,
  close: ']',
  between: ', ',
  begin: name => `{"name": ${JSON.stringify(name)}, "arguments": `,
  end: '}',
  marks: ['[TOOL_CALLS]'],
});

/** Mistral's models since 2025. */
const mistralArguments: CallStyle = {
  trigger: '[TOOL_CALLS]',
  open: '',
  close: '',
  between: '',
  begin: name => `[TOOL_CALLS]${name}[ARGS]`,
  end: '',
  marks: ['[TOOL_CALLS]', '[ARGS]'],
};

const llamaCalls: CallStyle = {
  trigger: '{"name": "',
  open: '',
  close: '',
  begin: name => `{"name": ${JSON.stringify(name)}, "parameters": `,
  end: '}',
  marks: [],
};

/** Undefined where the template knows no tools, or a way of calling that is not known here. */
export function callStyleOf(template: string): CallStyle | undefined {
  if (!/\btools\b/.test(template)) return undefined;
  if (template.includes('[TOOL_CALLS]')) {
    if (template.includes('[ARGS]')) return mistralArguments;
    return mistralList(template.includes('[TOOL_CALLS] [') ? ' ' : '');
  }
  if (template.includes('<tool_call>')) return hermesCalls;
  return template.includes('"parameters"') && template.includes('<|eot_id|>') ? llamaCalls : undefined;
}
