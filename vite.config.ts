import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** As the gateway sends them (src/node/gateway/security-headers.ts): without them a page gets no threads. */
const headers = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

export default defineConfig({
  plugins: [svelte()],
  base: './',
  worker: { format: 'es' },
  server: { headers },
  preview: { headers },
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 1000,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
});
