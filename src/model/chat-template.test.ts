import { expect, test } from 'vitest';
import { bytesSource, text, texts, tinyModel, writeModel } from '../../tests/unit/model-maker.ts';
import { KiB } from '../base/bytes.ts';
import { openModel } from './open.ts';

async function chat(template: string | undefined, tokens?: string[]) {
  const model = tinyModel('qwen3');
  if (template !== undefined) model.metadata['tokenizer.chat_template'] = text(template);
  if (tokens !== undefined) model.metadata['tokenizer.ggml.tokens'] = texts(tokens);
  return (await openModel(bytesSource(writeModel(model)))).chat;
}

const messages = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hi' },
];
const ask = { generationPrompt: true };
const chatMl =
  '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n';

test('the file’s own template is used, with its tokens', async () => {
  const own = await chat(
    "{% for message in messages %}[{{ message['role'] }}]{{ message.content | trim }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}",
  );
  expect(own.render(messages, ask)).toBe('[system]Be brief.<|im_end|>[user]Hi<|im_end|>[assistant]');
  expect(own.render(messages, { generationPrompt: false })).toBe(
    '[system]Be brief.<|im_end|>[user]Hi<|im_end|>',
  );
});

test('without a template: ChatML where its tokens are, else plain lines', async () => {
  expect((await chat(undefined)).render(messages, ask)).toBe(chatMl);
  expect((await chat(undefined, ['a', 'b', 'ab', 'c', 'd', 'e'])).render(messages, ask)).toBe(
    'system: Be brief.\nuser: Hi\nassistant:',
  );
});

test('where a template refuses the system role, it stands in front of the first question', async () => {
  const gemma = await chat(
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}<start_of_turn>{{ m.role }}\n{{ m.content }}<end_of_turn>\n{% endfor %}",
  );
  expect(gemma.render(messages, ask)).toBe('<start_of_turn>user\nBe brief.\n\nHi<end_of_turn>\n');
  expect(() => gemma.render([messages[0]!], ask)).toThrow(/System role not supported/);
});

test('Llama 3’s template, which asks whether it may know the date', async () => {
  const llama = await chat(
    '{%- if strftime_now is defined %}{%- set date = strftime_now("%d %b %Y") %}{%- else %}{%- set date = "26 Jul 2024" %}{%- endif %}{{- bos_token ~ date }}',
  );
  expect(llama.render(messages, ask)).toBe('26 Jul 2024');
});

test.each([
  ['does not parse', '{% for %}', /./],
  ['raises', "{{ raise_exception('no tools here') }}", /no tools here/],
  ['calls what is not there', '{{ strftime_now("%Y") }}', /./],
  ['is too large', ' '.repeat(129 * KiB), /more than 131072/],
  [
    'never ends',
    '{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}',
    /longer than/,
  ],
  ['counts too far', '{% for a in range(1000000000) %}{% endfor %}', /range\(\)/],
  ['steps by nothing', '{{ range(0, 9, 0) }}', /range\(\)/],
  [
    'makes a huge text',
    '{% set ns = namespace(s="ab") %}{% for a in range(64) %}{% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s }}',
    /2097152/,
  ],
  ['calls itself', '{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}', /./],
  ['is nested too deeply', `{{ ${'('.repeat(50_000)}1${')'.repeat(50_000)} }}`, /./],
])('a template that %s is named', { timeout: 60_000 }, async (_, template, says) => {
  const broken = await chat(template);
  const error = await Promise.resolve()
    .then(() => broken.render([messages[1]!], ask))
    .catch(error => error);
  expect(error).toMatchObject({ name: 'TabmeshError', kind: 'unsupported', origin: 'model' });
  expect(error.message).toMatch(says);
});
