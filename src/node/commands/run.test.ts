import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { run } from './run.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tabmesh-run-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** A model that says of itself that it reads a million tokens. */
function longReader(): string {
  const file = readFileSync('tests/fixtures/tiny-qwen3-q4_k_m.gguf');
  const key = 'qwen3.context_length';
  // Behind the key comes the type of its value, u32.
  file.writeUInt32LE(1_000_000, file.indexOf(key) + key.length + 4);
  const path = join(folder, 'long.gguf');
  writeFileSync(path, file);
  return path;
}

test.each([{ 'max-tokens': '3' }, { logits: '2' }])(
  'a context of a million is not reserved: %o',
  async more => {
    const printed = vi.spyOn(console, 'log').mockReturnValue();
    const values = { 'token-ids': '1,2,3', device: 'cpu', json: true, ...more };
    await run.run(values, [longReader()], new AbortController().signal);
    const answer = JSON.parse(printed.mock.calls[0]![0]);
    expect((answer.tokens ?? answer.positions).length).toBe(3);
  },
  60_000,
);
