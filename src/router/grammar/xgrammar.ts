/**
 * XGrammar (https://github.com/mlc-ai/xgrammar) compiled to WebAssembly, 1.1 MB: import this file only where a grammar is wanted.
 *
 * Its package says "type": "module", but holds a script that looks for `require` or `location` and leaves its exports on
 * globalThis (0.1.27). This file may become an import once the package is a module.
 */
import type * as XGrammar from '@mlc-ai/web-xgrammar';

type Module = Pick<typeof XGrammar, 'Grammar' | 'GrammarCompiler' | 'GrammarMatcher' | 'TokenizerInfo'>;

export async function loadXGrammar(): Promise<Module> {
  const place: { location?: unknown; xgrammar?: Module } = globalThis;
  // Node has no location; the script reads its `href` and nothing else, and any file's address will do.
  place.location ??= { href: import.meta.url };
  const imported: Partial<Module> = await import('@mlc-ai/web-xgrammar');
  return (imported.Grammar ? imported : place.xgrammar) as Module;
}
