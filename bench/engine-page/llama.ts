import { LoggerWithoutDebug, Wllama } from '@wllama/wllama';
import type { Contender } from './contender.ts';

/** llama.cpp in WebAssembly, by its own clock, which leaves out tokenizing and the way through its worker. */
export async function startLlama(file: Blob, threads: number): Promise<Contender> {
  const started = performance.now();
  const wllama = new Wllama(
    { default: '/wllama.wasm' },
    { logger: { ...LoggerWithoutDebug, log: () => {} } },
  );
  await wllama.loadModel([file], { n_ctx: 1024, n_threads: threads, n_gpu_layers: 0, n_parallel: 1 });
  const loadMs = performance.now() - started;
  return {
    name: `wllama (llama.cpp ${Wllama.getLibllamaVersion()}, ${wllama.getNumThreads()} threads)`,
    loadMs,
    async run(number, promptTokens, madeTokens) {
      // The models have one token for each byte.
      const prompt = String.fromCharCode(
        ...Array.from({ length: promptTokens }, (_, index) => 33 + ((index + number * 7) % 90)),
      );
      // The first token comes with the prompt.
      const { timings } = await wllama.createCompletion({
        prompt,
        max_tokens: madeTokens + 1,
        temp: 0,
        ignore_eos: true,
      });
      if (timings?.prompt_n !== promptTokens || timings.predicted_n < madeTokens) {
        throw new Error(`wllama took ${timings?.prompt_n} tokens and made ${timings?.predicted_n}`);
      }
      return { prefill: timings.prompt_per_second, decode: timings.predicted_per_second };
    },
    close: () => wllama.exit(),
  };
}
