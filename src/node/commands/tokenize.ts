import { TabmeshError } from '../../base/error.ts';
import { openModel } from '../../model/open.ts';
import { openFile } from '../open-file.ts';
import type { Command } from './command.ts';

export const tokenize: Command = {
  usage: 'tokenize FILE --text TEXT            the tokens of a text, and their text again',
  options: { text: { type: 'string' } },
  async run({ text, json }, [file], signal) {
    if (file === undefined || typeof text !== 'string') {
      throw new TabmeshError('invalid', 'node', 'tokenize takes a FILE and --text TEXT.');
    }
    const { tokenizer } = await openModel(await openFile(file), signal);
    const tokens = tokenizer.encode(text, { special: false, bos: false });
    const decoded = tokenizer.decode(tokens);
    console.log(json ? JSON.stringify({ tokens, text: decoded }) : `${tokens.join(' ')}\n${decoded}`);
  },
};
