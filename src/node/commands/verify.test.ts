import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { tinyModel, u32, writeModel } from '../../../tests/unit/model-maker.ts';
import type { ComparedPart } from '../../engine/compare.ts';
import { openModel } from '../../model/open.ts';
import { openFile } from '../open-file.ts';
import { verify } from './verify.ts';
import { judged } from './verify-report.ts';

vi.setConfig({ testTimeout: 60_000 });
afterEach(() => vi.restoreAllMocks());

const fixture = (name: string) => `tests/fixtures/${name}.gguf`;

async function answerOf(file: string, device: string) {
  const printed = vi.spyOn(console, 'log').mockReturnValue();
  const code = await verify.run({ device, json: true }, [file], new AbortController().signal);
  expect(printed).toHaveBeenCalledOnce();
  return { code, report: JSON.parse(printed.mock.calls[0]![0]) };
}

test.each([
  ['tiny-qwen3-f32', 3, 0.005],
  ['tiny-qwen3-q4_k_m', 6, 0.05],
])('the fast CPU is fine with %s', async (name, layers, bound) => {
  const { code, report } = await answerOf(fixture(name), 'cpu-fast');
  const { model, versions, devices } = report;
  const [{ verdict, device, parts, tokens, ...rest }] = devices;
  expect([code, verdict, rest.bound]).toEqual([0, 'fine', bound]);
  expect(device.name).toMatch(/wasm .*SIMD/);
  expect(parts).toHaveLength(layers + 2);
  // The bound has room for another machine, not for a wrong kernel.
  const largest = Math.max(
    ...parts.flatMap((part: ComparedPart) => [part.together.relative, part.single.relative]),
  );
  expect(largest).toBeLessThan(bound / 2);
  expect(tokens).toMatchObject({ rows: 20, wrong: 0 });
  expect(model).toMatchObject({ name, architecture: 'qwen3', layers });
  expect(versions).toEqual({
    tabmesh: expect.stringMatching(/^\d/),
    node: process.version,
    dawn: expect.stringMatching(/^\d/),
    system: `${process.platform} ${process.arch}`,
  });
});

test('the parts that differ are named, with the rows in which they do', async () => {
  const { model } = await openModel(await openFile(fixture('tiny-qwen3-f32')));
  const [good, bad] = [
    { relative: 0.001, largest: 0.01 },
    { relative: 0.1, largest: 1 },
  ];
  const tokens = { rows: 20, agreed: 20, wrong: 0 };
  const device = { kind: 'webgpu', name: 'GPU' } as const;
  const fine = { part: 0, together: good, single: good };
  expect(judged('webgpu', device, model, [fine], tokens).verdict).toBe('fine');
  const parts = [
    fine,
    { part: 1, together: bad, single: good },
    { part: 'head', together: { relative: Number.NaN, largest: Number.NaN }, single: bad },
  ] as const;
  const { verdict, reason } = judged('webgpu', device, model, parts, { ...tokens, wrong: 2 });
  expect(verdict).toBe('differs');
  expect(reason).toContain(
    ': layer 1 (rows together), head (rows together and alone), the choice of the next token in 2 rows.',
  );
});

test('a model that the kernels do not run is said to be one', async () => {
  const { metadata, tensors } = tinyModel('llama');
  const odd = {
    metadata: { ...metadata, 'llama.feed_forward_length': u32(46) },
    tensors: {
      ...tensors,
      'blk.0.ffn_gate.weight': { shape: [32, 46] },
      'blk.0.ffn_up.weight': { shape: [32, 46] },
      'blk.0.ffn_down.weight': { shape: [46, 32] },
    },
  };
  const folder = mkdtempSync(join(tmpdir(), 'tabmesh-verify-'));
  const file = join(folder, 'odd.gguf');
  writeFileSync(file, writeModel(odd));
  const { code, report } = await answerOf(file, 'cpu-fast').finally(() =>
    rmSync(folder, { recursive: true }),
  );
  expect([code, report.devices[0].verdict]).toEqual([2, 'failed']);
  expect(report.devices[0].reason).toContain('no multiple of 4');
});

// Dawn takes the simulated GPU of Chromium where libvulkan and this variable lead it there.
test.skipIf(!process.env['VK_ICD_FILENAMES'])(
  'a simulated GPU is fine, where it is asked for',
  async () => {
    const out = await new Promise<string>(resolve => {
      const args = ['src/node/cli.ts', 'verify', fixture('tiny-qwen3-f32'), '--device', 'webgpu', '--json'];
      execFile(process.execPath, args, (_, out) => resolve(out));
    });
    const [{ verdict, device }] = JSON.parse(out).devices;
    expect([verdict, device.kind]).toEqual(['fine', 'webgpu']);
  },
  240_000,
);
