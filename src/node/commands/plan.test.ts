import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { tabmesh } from '../../../tests/e2e/command.ts';

vi.setConfig({ testTimeout: 60_000 });

test('tabmesh plan --pod FILE plans a file of this device for a pod that is only described', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tabmesh-plan-'));
  try {
    const file = join(folder, 'pod.json');
    const peers = ['desk', 'laptop', 'phone'].map(name => ({ name, lendsBytes: 100_000_000 }));
    await writeFile(file, JSON.stringify({ spread: 'wide', peers }));
    const asked = ['plan', 'tests/fixtures/tiny-qwen3-q4_k_m.gguf', '--dry-run', '--pod', file];
    const told = await tabmesh(...asked, '--json');
    expect([told.code, told.error]).toEqual([0, '']);
    const { assignments } = JSON.parse(told.out).plan as {
      assignments: { peer: string; first: number; last: number }[];
    };
    expect(assignments.map(({ peer }) => peer).sort()).toEqual(['desk', 'laptop', 'phone']);
    expect(assignments[0]!.first).toBe(0);
    for (const [index, { last }] of assignments.entries())
      expect(last).toBe(assignments[index + 1]?.first ?? 6);
    const shown = await tabmesh(...asked);
    for (const { name } of peers) expect(shown.out).toContain(name);

    await writeFile(file, JSON.stringify({ peers: [{ name: 'watch', lendsBytes: 10 }] }));
    const tooSmall = await tabmesh(...asked, '--json');
    expect([tooSmall.code, JSON.parse(tooSmall.out).plan]).toEqual([1, undefined]);
    await writeFile(file, '{');
    expect(await tabmesh(...asked)).toMatchObject({
      code: 2,
      error: expect.stringContaining('This description of a pod cannot be used'),
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
