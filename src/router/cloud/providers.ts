/** Who can be asked with a key. What differs between them is here; the rest is two dialects. */
export interface Provider {
  /** The first part of the names of its models: "openai" of "openai/gpt-4o-mini". */
  readonly id: string;
  readonly name: string;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly dialect: 'openai' | 'anthropic';
  /** Answers a right key alone, and costs nothing. */
  readonly checkPath: string;
  /** Beyond what all take. Strict servers refuse a request for a field they do not know, so others do not get it. */
  readonly takes: readonly ('top_k' | 'min_p' | 'seed' | 'logprobs' | 'max_completion_tokens')[];
  /** Where a person gets a key. */
  readonly keyPage?: string;
  /** Gives a key to who signs in there (OAuth PKCE, https://openrouter.ai/docs/oauth). */
  readonly signIn?: { readonly page: string; readonly exchangePath: string };
}

/** All of them let pages of other origins ask (CORS), as measured in July 2026. */
export const builtInProviders: readonly Provider[] = [
  {
    id: 'openrouter',
    name: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    dialect: 'openai',
    // Its list of models is open to everybody.
    checkPath: '/key',
    takes: ['top_k', 'min_p', 'seed', 'logprobs'],
    keyPage: 'https://openrouter.ai/settings/keys',
    signIn: { page: 'https://openrouter.ai/auth', exchangePath: '/auth/keys' },
  },
  {
    id: 'openai',
    name: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    dialect: 'openai',
    checkPath: '/models',
    takes: ['seed', 'logprobs', 'max_completion_tokens'],
    keyPage: 'https://platform.openai.com/api-keys',
  },
  {
    id: 'anthropic',
    name: 'Anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    dialect: 'anthropic',
    checkPath: '/models?limit=1',
    takes: ['top_k'],
    keyPage: 'https://console.anthropic.com/settings/keys',
  },
  {
    id: 'groq',
    name: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    dialect: 'openai',
    checkPath: '/models',
    takes: ['seed'],
    keyPage: 'https://console.groq.com/keys',
  },
  {
    id: 'gemini',
    name: 'Google Gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    dialect: 'openai',
    checkPath: '/models',
    takes: [],
    keyPage: 'https://aistudio.google.com/apikey',
  },
  {
    id: 'deepseek',
    name: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com',
    dialect: 'openai',
    checkPath: '/models',
    takes: ['logprobs'],
    keyPage: 'https://platform.deepseek.com/api_keys',
  },
];

/** A server of the person's own choice that speaks as OpenAI does. */
export const customProvider = (id: string, baseUrl: string): Provider => ({
  id,
  name: id,
  baseUrl,
  dialect: 'openai',
  checkPath: '/models',
  takes: [],
});
