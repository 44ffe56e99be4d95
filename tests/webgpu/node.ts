/**
 * The same cases under Node, on this machine's own GPU: `node tests/webgpu/node.ts [PART OF A NAME]`. Exits with 1 when a
 * case fails. What a browser's adapter does not offer, f16 on NVIDIA's GPUs under Vulkan, is computed here.
 */
import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { openAdapter, readShaders } from '../../bench/gpu/open.ts';
import { allCases } from './cases.ts';
import { keptDevice } from './kept-device.ts';

const fixtures = new URL('../fixtures/', import.meta.url);
const published = new URL('../../public/models/', import.meta.url);
const wanted = process.argv[2] ?? '';

async function adapter(): Promise<GPUAdapter> {
  const found = await openAdapter();
  if (!found) throw new Error('WebGPU finds no GPU here');
  return found;
}

const { vendor, architecture, description, features } = await adapter().then(({ info, features }) => ({
  vendor: info.vendor,
  architecture: info.architecture,
  description: info.description,
  features,
}));
console.log(`device: ${[vendor, architecture, description].filter(Boolean).join(' ')}`);
console.log(`features: ${[...features].sort().join(' ')}`);

const cases = await allCases(
  {
    adapter,
    kept: adapter().then(keptDevice),
    shaders: await readShaders(),
    quants: async file => {
      const bytes = await readFile(new URL(`quants/${file}`, fixtures)).catch(() => undefined);
      return bytes && Uint8Array.from(bytes);
    },
  },
  {
    model: name => openAsBlob(new URL(`${name}.gguf`, name === 'guide' ? published : fixtures)),
    answers: async name => JSON.parse(await readFile(new URL(`${name}.json`, fixtures), 'utf8')),
  },
);

let passed = 0;
const failed: string[] = [];
for (const { name, run } of cases) {
  if (!name.includes(wanted)) continue;
  const startedAt = performance.now();
  const fault = await run().then(
    () => undefined,
    (error: Error) => `${error.stack ?? error}${error.cause ? `\n  because: ${error.cause}` : ''}`,
  );
  const ms = (performance.now() - startedAt).toFixed(0).padStart(6);
  console.log(`${fault === undefined ? 'passed' : 'FAILED'} ${ms} ms  ${name}${fault ? `\n${fault}` : ''}`);
  if (fault === undefined) passed++;
  else failed.push(name);
}
for (const name of failed) console.log(`FAILED ${name}`);
console.log(`${passed} passed, ${failed.length} failed`);
process.exit(failed.length === 0 && passed > 0 ? 0 : 1);
