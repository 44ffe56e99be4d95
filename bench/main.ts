/** npm run bench [-- NAME] [--shape SHAPE] [--json] */
import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { engine } from './engine.ts';
import { gpu } from './gpu.ts';
import { hop } from './hop.ts';
import { page } from './page.ts';
import { failover } from './pods/failover.ts';
import { loss } from './pods/loss.ts';
import { speculation } from './pods/speculation.ts';
import { twoRequesters } from './pods/two-requesters.ts';
import type { Benchmark, Row } from './row.ts';
import { size } from './size.ts';
import { split } from './split.ts';
import { stripes } from './stripes.ts';

const benchmarks: Record<string, readonly Benchmark[]> = {
  split: [split, hop, page],
  engine: [engine],
  gpu: [gpu],
  pods: [speculation, twoRequesters, failover, loss],
  network: [stripes],
  size: [size],
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, shape: { type: 'string' } },
});
const [name] = positionals;
if (name !== undefined && !(name in benchmarks)) {
  console.error(`There is no benchmark "${name}". There is: ${Object.keys(benchmarks).join(', ')}.`);
  process.exit(2);
}

const rows: Row[] = [];
for (const [group, parts] of Object.entries(benchmarks)) {
  if (name !== undefined && name !== group) continue;
  for (const part of parts) rows.push(...(await part(values)));
}

const [cpu] = cpus();
const machine = `${cpu?.model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
const commit = git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') ? '+changes' : '');
if (values.json) console.log(JSON.stringify({ machine, commit, rows }));
else {
  console.log(`${machine}, commit ${commit}`);
  console.table(rows.map(row => ({ ...row, value: Number(row.value.toPrecision(3)) })));
}
process.exit(0);

function git(...words: string[]): string {
  try {
    return execFileSync('git', words, { encoding: 'utf8', cwd: import.meta.dirname }).trim();
  } catch {
    return '';
  }
}
