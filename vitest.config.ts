import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'tests/unit/**/*.test.ts',
      'tests/api/**/*.test.ts',
      'tests/cloud/**/*.test.ts',
      'tests/goldens/**/*.test.ts',
      'tests/memory/**/*.test.ts',
      'tests/pod/**/*.test.ts',
      'tests/simulation/**/*.test.ts',
    ],
    environment: 'node',
    globalSetup: 'scripts/wasm.mjs',
  },
});
