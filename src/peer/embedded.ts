import type { ModelId } from '../base/brand.ts';

/** The model that comes with the app; each peer opens it from where it has it (its own origin, its own disk). */
export const embeddedModel = {
  id: 'embedded:guide' as ModelId,
  name: 'guide',
  path: 'models/guide.gguf',
} as const;
