// npm test: everything, in the order in which a failure is cheapest to learn.
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { ensureBuilt, ensureInstalled } from './ensure.mjs';
import { modernNode, nodeFlags, root } from './place.mjs';

ensureInstalled();
const chromium = await ensureChromium();
if (!chromium) {
  console.error('No Chromium could be found or installed. Install one, or set CHROME_PATH to its program.');
  process.exit(1);
}

const node = modernNode();
const bin = name => join(root, 'node_modules', ...name.split('/'));
const ours = entry => [node, ...nodeFlags, join(root, entry)];
const steps = [
  ['format and lint', [node, bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '.']],
  [
    'direction of rooms',
    [
      node,
      bin('dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      'src',
      'workers',
    ],
  ],
  ['types', [node, bin('typescript/bin/tsc'), '--noEmit']],
  [
    'types in Svelte',
    [node, bin('svelte-check/bin/svelte-check'), '--fail-on-warnings', '--threshold', 'warning'],
  ],
  ['unit, contracts, goldens', [node, bin('vitest/vitest.mjs'), 'run']],
  ['WebGPU in Chromium', ours('tests/webgpu/run.ts')],
  ['WebRTC in Chromium', ours('tests/network/run.ts')],
  ['build', undefined],
  ['end to end', [node, bin('vitest/vitest.mjs'), 'run', '--config', 'tests/e2e/vitest.config.ts']],
];

function run([command, ...args]) {
  const env = {
    ...process.env,
    CHROME_PATH: chromium,
    PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
  };
  return spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env,
    timeout: 1_200_000,
  }).status;
}

const only = process.argv[2];
const results = [];
for (const [name, command] of steps) {
  if (only && !name.includes(only)) continue;
  console.log(`\n=== ${name}`);
  const started = performance.now();
  const status = command ? run(command) : ensureBuilt() ? 0 : 1;
  results.push({ name, passed: status === 0, seconds: (performance.now() - started) / 1000 });
}

console.log('');
for (const { name, passed, seconds } of results)
  console.log(`${passed ? 'passed' : 'FAILED'}  ${seconds.toFixed(0).padStart(4)} s  ${name}`);
const passed = results.filter(result => result.passed).length;
console.log(`\n${passed} passed, ${results.length - passed} failed`);
process.exit(passed === results.length && passed > 0 ? 0 : 1);
