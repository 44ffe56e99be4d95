// npm test: everything, in the order in which a failure is cheapest to learn.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
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
const browsed = (...folders) => [
  node,
  bin('vitest/vitest.mjs'),
  'run',
  '--config',
  'tests/e2e/vitest.config.ts',
  ...folders,
];
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
  ['pages and widget', browsed('tests/app', 'tests/widget')],
  ['end to end', browsed('tests/e2e')],
];

/** Characters of a failed step's output, where its runner tells what failed: told again after all steps. */
const endLength = 8000;

/** Which tests failed and the first line of why, as the runner says it: the last lines of all, for logs of which only the end is kept. */
const failures = text => {
  const lines = stripVTControlCharacters(text).split('\n');
  const told = lines.flatMap((line, at) =>
    /^ *FAIL /.test(line) ? [`${line.trim()}\n      ${(lines[at + 1] ?? '').trim().slice(0, 240)}`] : [],
  );
  return [...new Set(told)];
};

async function run([command, ...args]) {
  const env = {
    ...process.env,
    CHROME_PATH: chromium,
    PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
  };
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    timeout: 1_200_000,
  });
  let output = '';
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    from.setEncoding('utf8').on('data', text => {
      to.write(text);
      output += text;
    });
  }
  const [status] = await once(child, 'close');
  return { passed: status === 0, output };
}

const only = process.argv[2];
const results = [];
for (const [name, command] of steps) {
  if (only && !name.includes(only)) continue;
  console.log(`\n=== ${name}`);
  const started = performance.now();
  const result = command ? await run(command) : { passed: ensureBuilt(), output: '' };
  results.push({ name, ...result, seconds: (performance.now() - started) / 1000 });
}

const failed = results.filter(result => !result.passed);
for (const { name, output } of failed)
  console.log(`\n=== the end of "${name}", which failed\n${output.slice(-endLength)}`);
console.log('');
for (const { name, passed, seconds } of results)
  console.log(`${passed ? 'passed' : 'FAILED'}  ${seconds.toFixed(0).padStart(4)} s  ${name}`);
console.log(`\n${results.length - failed.length} passed, ${failed.length} failed`);
for (const line of failed.flatMap(({ output }) => failures(output))) console.log(line);
process.exit(failed.length === 0 && results.length > 0 ? 0 : 1);
