import type { KatexOptions } from 'katex';
import type { MarkedExtension, TokenizerAndRendererExtension } from 'marked';

/** A formula as MathML, which browsers draw themselves: no fonts and no style sheet. */
export type DrawFormula = (tex: string, display: boolean) => string;

const options: KatexOptions = {
  output: 'mathml',
  throwOnError: false,
  trust: false,
  strict: 'ignore',
  // A formula cannot fill the page, nor hold the thread by macros that call themselves.
  maxSize: 10,
  maxExpand: 200,
};

/** Any sign of a formula; without one the library, of 75 KB, is not loaded. */
export const hasMaths = (text: string): boolean => /\$|\\\(|\\\[/.test(text);

export async function loadMaths(): Promise<DrawFormula> {
  const { default: katex } = await import('katex');
  return (tex, displayMode) => katex.renderToString(tex, { ...options, displayMode });
}

/** `$$...$$` and `\[...\]` by themselves, `$...$` and `\(...\)` in a line. A price ("$5 and $6") is none. */
export function mathsExtension(draw: DrawFormula): MarkedExtension {
  const inline = rule('formula', 'inline', /\$|\\\(/, [
    /^\\\(([\s\S]+?)\\\)/,
    /^\$\$([^$]+?)\$\$/,
    /^\$(?!\s)((?:\\.|[^$\\\n])+?)(?<!\s)\$(?!\d)/,
  ]);
  const block = rule('formula-block', 'block', /(?:^|\n)(?:\$\$|\\\[)/, [
    /^\$\$\s*\n?([\s\S]+?)\n?\s*\$\$(?:\n|$)/,
    /^\\\[([\s\S]+?)\\\](?:\n|$)/,
  ]);
  return {
    extensions: [
      { ...inline, renderer: ({ text }) => draw(text, false) },
      { ...block, renderer: ({ text }) => `<p>${draw(text, true)}</p>` },
    ],
  };
}

function rule(
  name: string,
  level: 'inline' | 'block',
  begins: RegExp,
  patterns: readonly RegExp[],
): TokenizerAndRendererExtension {
  return {
    name,
    level,
    start: text => {
      const at = text.search(begins);
      return at < 0 ? undefined : at;
    },
    tokenizer(text) {
      for (const pattern of patterns) {
        const match = pattern.exec(text);
        if (match) return { type: name, raw: match[0], text: match[1]!.trim() };
      }
      return undefined;
    },
  };
}
