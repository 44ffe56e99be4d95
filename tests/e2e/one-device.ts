import { openAsBlob } from 'node:fs';
import type { SessionId } from '../../src/base/brand.ts';
import { createCpuEngine } from '../../src/engine/cpu/cpu-engine.ts';
import { greedy } from '../../src/engine/stage.ts';
import { blobSource } from '../../src/model/blob-source.ts';
import { openModel } from '../../src/model/open.ts';
import { promptTokens } from '../../src/model/prompt.ts';
import { SliceLoader } from '../../src/model/slice-loader.ts';
import { LocalChain } from '../../src/node/local-chain.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';

export async function openGuide() {
  return openModel(blobSource(await openAsBlob('public/models/guide.gguf'), 'guide.gguf'));
}

/** The guide's greedy answer, computed on one device by the reference engine. */
export async function answerOnOneDevice(question: string): Promise<string> {
  const opened = await openGuide();
  const { model, source, tokenizer } = opened;
  const { read } = new SliceLoader({ store: createMemoryStore(), source, model });
  const engine = createCpuEngine();
  const chain = await LocalChain.load(engine, model, read, 1);
  const session = 'one' as SessionId;
  await chain.open(session, model.hyper.context);
  const prompt = promptTokens(opened, [{ role: 'user', content: question }]);
  const tokens = await Array.fromAsync(chain.generate(session, prompt, 200, greedy, tokenizer.endTokens));
  await engine.close();
  return tokenizer.decode(tokens);
}
