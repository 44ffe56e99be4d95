import { anthropicDialect } from './anthropic-dialect.ts';
import type { Dialect } from './dialect.ts';
import { openAiDialect } from './openai-dialect.ts';
import type { Provider } from './providers.ts';

export const dialectOf = ({ dialect }: Provider): Dialect =>
  dialect === 'openai' ? openAiDialect : anthropicDialect;
