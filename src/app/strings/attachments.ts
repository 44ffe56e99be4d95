import { formatBytes } from '../../base/bytes.ts';

export const attachments = {
  attach: 'Attach text files',
  list: 'Files that go with the question',
  remove: (name: string) => `Remove ${name}`,
  drop: 'Let go to attach it to the question.',
  unnamed: 'file',
  isModel: (name: string) => `${name} is a model. Drop it on the Models page to open it.`,
  tooLarge: (name: string, bytes: number, most: number) =>
    `${name} has ${formatBytes(bytes)}; a question takes files of at most ${formatBytes(most)}. Copy the part that matters into the box.`,
  notText: (name: string) =>
    `${name} is not text in UTF-8, and models here read text alone. Save it as plain text, then attach that.`,
  empty: (name: string) => `${name} is empty.`,
  tooMuch: (name: string, most: number) =>
    `${name} was left out: files of one question have at most ${most.toLocaleString('en')} characters together. Ask about it in a question of its own.`,
  tooMany: (most: number) => `A question takes at most ${most} files. The others were left out.`,
};
