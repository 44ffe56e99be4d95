import { expect, test } from 'vitest';
import { attachmentBytesMax } from '../base/limits.ts';
import { questionWith, readAttachment } from './attachments.ts';

const file = (name: string, ...parts: BlobPart[]) => new File(parts, name);

test('text is read whatever its ending, its line ends made one, and a byte order mark is left out', async () => {
  expect(await readAttachment(file('a.CSV', '\uFEFFx,y\r\n1,ü\r\n'))).toEqual({
    name: 'a.CSV',
    text: 'x,y\n1,ü',
  });
  expect((await readAttachment(file('Makefile', 'all:\n\tmake'))).text).toBe('all:\n\tmake');
});

test('what is no text, too large, empty or a model is refused with a reason', async () => {
  const refused = (name: string, ...parts: BlobPart[]) =>
    expect(readAttachment(file(name, ...parts))).rejects.toMatchObject({ kind: 'invalid', origin: 'app' });
  await refused('a.txt', new Uint8Array([0x68, 0x69, 0xff, 0xfe]));
  await refused('a.txt', 'with a \0 in it');
  await refused('a.txt', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  await refused('a.md', ' \n');
  await refused('a.json', 'x'.repeat(attachmentBytesMax + 1));
  await refused('model.GGUF', 'GGUF');
  expect((await readAttachment(file('a.json', 'x'.repeat(attachmentBytesMax)))).text).toHaveLength(
    attachmentBytesMax,
  );
});

test('a file cannot end its own quotation, nor its name begin a line', async () => {
  const tricky = await readAttachment(file('a\nb.md', 'a\n```\nb\n````\nc'));
  expect(tricky.name).toBe('a b.md');
  expect(questionWith(' What? ', [tricky, { name: 'b', text: 'c' }])).toBe(
    'What?\n\na b.md:\n`````md\na\n```\nb\n````\nc\n`````\n\nb:\n```\nc\n```',
  );
  expect(questionWith('What?', [])).toBe('What?');
});
