export interface Thought {
  /** What the model wrote for itself; undefined where it did not. */
  readonly thinking?: string;
  readonly text: string;
}

/** Reasoning models (Qwen3, DeepSeek) begin with <think>...</think>; while it is open there is no answer yet. */
export function splitThinking(answer: string): Thought {
  const begin = /^\s*<think>\n?/.exec(answer);
  if (!begin) return { text: answer };
  const end = answer.indexOf('</think>');
  if (end < 0) return { thinking: answer.slice(begin[0].length), text: '' };
  return {
    thinking: answer.slice(begin[0].length, end).trimEnd(),
    text: answer.slice(end + '</think>'.length).trimStart(),
  };
}
