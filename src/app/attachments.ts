/** Text files that go with a question: as quoted text in it, since that is what a model reads. */
import { formatBytes } from '../base/bytes.ts';
import { TabmeshError } from '../base/error.ts';
import { attachmentBytesMax } from '../base/limits.ts';
import { words } from './strings.ts';

export interface Attachment {
  readonly name: string;
  readonly text: string;
}

const nameCharactersMax = 120;
/** What no text holds: control characters but tab, line ends and form feed. */
const notText = /[^\P{Cc}\t\n\r\f]/u;

/** Any file that is text, whatever its ending. Throws TabmeshError('invalid', 'app') that says why it is none. */
export async function readAttachment(file: File): Promise<Attachment> {
  const say = words.attachments;
  const name = file.name.replace(/\p{Cc}/gu, ' ').slice(0, nameCharactersMax) || say.unnamed;
  const refuse = (reason: string) => new TabmeshError('invalid', 'app', reason);
  if (/\.gguf$/i.test(name)) throw refuse(say.isModel(name));
  if (file.size > attachmentBytesMax) throw refuse(say.tooLarge(name, file.size, attachmentBytesMax));
  const text = decoded(await file.arrayBuffer());
  if (text === undefined || notText.test(text)) throw refuse(say.notText(name));
  if (text.trim() === '') throw refuse(say.empty(name));
  return { name, text: text.replaceAll(/\r\n?/g, '\n').trimEnd() };
}

/** Undefined where it is not UTF-8; a mark of the byte order at its beginning is left out. */
function decoded(bytes: ArrayBuffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The question, then each file under its name, between more backticks than it has in a row itself. */
export function questionWith(text: string, attachments: readonly Attachment[]): string {
  return [text.trim(), ...attachments.map(quoted)].join('\n\n');
}

function quoted({ name, text }: Attachment): string {
  let longest = 2;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const fence = '`'.repeat(longest + 1);
  const ending = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return `${name}:\n${fence}${ending}\n${text}\n${fence}`;
}

/** In characters, as they stand in a question. */
export const lengthOf = (attachments: readonly Attachment[]): number =>
  attachments.length === 0 ? 0 : questionWith('', attachments).length;

export const sizeText = ({ text }: Attachment): string => formatBytes(new Blob([text]).size);
