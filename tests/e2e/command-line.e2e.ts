import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tabmesh } from './command.ts';
import { answerOnOneDevice } from './one-device.ts';

const guide = 'public/models/guide.gguf';
const fixtures = 'tests/fixtures';

const answer = async (...args: string[]) => JSON.parse((await tabmesh(...args, '--json')).out);

test('run answers with text, tokens, device, stages and timings; three stages give the same tokens', async () => {
  const expected = await answerOnOneDevice('What is a pod?');
  const one = await answer('run', guide, '--prompt', 'What is a pod?', '--device', 'cpu');
  expect(one).toMatchObject({ text: expected, device: 'cpu', stages: 1 });
  for (const timing of ['loadMs', 'prefillMs', 'decodeMs', 'tokensPerSecond'])
    expect(one.timings[timing]).toBeGreaterThan(0);
  const three = await answer('run', guide, '--prompt', 'What is a pod?', '--device', 'cpu', '--stages', '3');
  expect(three).toMatchObject({ text: expected, tokens: one.tokens, stages: 3 });
});

test('a seed repeats a drawn answer, another seed draws another', async () => {
  const draw = (seed: string) =>
    answer(
      'run',
      guide,
      '--prompt',
      'Hello',
      '--raw',
      '--temperature',
      '2',
      '--seed',
      seed,
      '--max-tokens',
      '24',
      '--device',
      'cpu',
    );
  const [first, again, other] = [await draw('7'), await draw('7'), await draw('8')];
  expect(again.tokens).toEqual(first.tokens);
  expect(other.tokens).not.toEqual(first.tokens);
});

test('token ids go in as they are, and logits come out as the exact answers say', async () => {
  const golden = JSON.parse(await readFile(`${fixtures}/tiny-qwen3-q4_k_m.json`, 'utf8'));
  const file = `${fixtures}/tiny-qwen3-q4_k_m.gguf`;
  const ids = golden.prompt.join(',');
  const { positions } = await answer('run', file, '--token-ids', ids, '--logits', '8', '--device', 'cpu');
  expect(positions).toHaveLength(golden.prompt.length);
  for (const { position, top } of golden.exact) {
    for (const [rank, [, logit]] of top.entries()) {
      expect(Math.abs(positions[position].top[rank][1] - logit)).toBeLessThan(0.02);
    }
  }
  const { tokens } = await answer('run', file, '--token-ids', ids, '--max-tokens', '4', '--device', 'cpu');
  expect(tokens).toEqual(golden.exactGreedy.slice(0, 4).map((step: { token: number }) => step.token));
});

test('verify finds the fast CPU fine, says by what, and ends with 2 where it cannot tell', async () => {
  const { code, out } = await tabmesh('verify', guide, '--device', 'cpu-fast');
  expect(code).toBe(0);
  expect(out).toMatch(/^Tabmesh .*\nguide: qwen3, 6 layers; .*Q8_0/);
  expect(out).toMatch(/layer 5 .*\nhead .*\nnext token: \d+ of 20 rows agree\nFine: /);
  const garbage = await tabmesh('verify', `${fixtures}/README.md`, '--json');
  expect([garbage.code, JSON.parse(garbage.out).error.kind]).toEqual([2, 'corrupt']);
  const strange = await tabmesh('verify', guide, '--device', 'abacus');
  expect([strange.code, strange.error]).toEqual([2, expect.stringContaining('--device takes')]);
});

test('tokenize gives the tokens and the text again', async () => {
  const { tokenizations } = JSON.parse(await readFile(`${fixtures}/guide.json`, 'utf8'));
  for (const { text, tokens } of tokenizations)
    expect(await answer('tokenize', guide, '--text', text)).toEqual({ tokens, text });
});

test('inspect accounts for every byte of the tensors', async () => {
  const summary = await answer('inspect', guide);
  expect(summary).toMatchObject({ architecture: 'qwen3', layers: 6, context: 512 });
  const bytes = [...summary.layerBytes, summary.headBytes].reduce(
    (sum: number, part: number) => sum + part,
    0,
  );
  const types = Object.values(summary.types as Record<string, number>).reduce((sum, part) => sum + part, 0);
  expect(bytes).toBe(types);
});

test('what cannot be done is said in a sentence, with an exit code', async () => {
  const cases: [string[], number, RegExp][] = [
    [['inspect', 'no-such.gguf'], 1, /There is no file/],
    [['inspect', 'package.json'], 1, /GGUF/],
    [['inspect', `${fixtures}/README.md`], 1, /GGUF/],
    [['run', guide], 2, /--prompt/],
    [['run', guide, '--prompt', 'x', '--stages', '0'], 2, /--stages/],
    [['run', guide, '--prompt', 'x', '--device', 'abacus'], 2, /--device/],
    [['run', guide, '--token-ids', '1,2000'], 2, /--token-ids/],
    [['run', guide, '--prompt', 'pod '.repeat(600), '--raw'], 2, /Shorten/],
    [['dance'], 2, /no command/],
    [['inspect', '--frobnicate'], 2, /frobnicate/],
  ];
  for (const [args, code, words] of cases) {
    const result = await tabmesh(...args);
    expect({ args, code: result.code }).toEqual({ args, code });
    expect(result.error).toMatch(words);
    expect(result.error).not.toMatch(/\n\s+at /);
    expect(JSON.parse((await tabmesh(...args, '--json')).out).error.reason).toMatch(words);
  }
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tabmesh-start-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function start(port: number) {
  const env = { ...process.env, PORT: String(port), TABMESH_DATA: folder };
  const child = spawn(process.execPath, ['scripts/run.mjs', '--build', 'src/node/start.ts'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', chunk => (text += chunk));
  child.stderr.on('data', chunk => (text += chunk));
  const ended = new Promise<number | null>(resolve => child.once('exit', code => resolve(code)));
  return { child, ended, text: () => text };
}

test('npm start prints the URL, a curl line that works, and the data folder; Ctrl-C ends it cleanly', async () => {
  const { child, ended, text } = start(0);
  await expect.poll(text, { timeout: 60_000 }).toMatch(/Ctrl-C/);
  expect(text()).toContain(folder);
  const [, url] = /Open\s+(http:\S+)/.exec(text())!;
  const [, line] = /Ask\s+(curl .*)/.exec(text())!;
  expect(line).toContain(url);
  const [, body] = /-d '(.*)'/.exec(line!)!;
  const response = await fetch(`${url}v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const completion = (await response.json()) as { choices: { message: { content: string } }[] };
  expect(completion.choices[0]!.message.content).toBe(await answerOnOneDevice('What is a pod?'));
  expect((await fetch(url!)).headers.get('content-type')).toMatch(/text\/html/);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
});

test('a taken port is a sentence that says so and how to choose another', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const address = server.address() as { port: number };
  const { ended, text } = start(address.port);
  expect(await ended).toBe(1);
  expect(text()).toMatch(new RegExp(`Port ${address.port} .*taken.*PORT=\\d+ npm start`));
  expect(text()).not.toMatch(/\n\s+at /);
  server.close();
});
