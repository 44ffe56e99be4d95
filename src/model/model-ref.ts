import { TabmeshError } from '../base/error.ts';
import { modelRefCharactersMax } from '../base/limits.ts';

export const hubOriginDefault = 'https://huggingface.co';

export interface ModelRef {
  /** The same for every spelling of one place. */
  readonly id: string;
  readonly url: string;
  /** File name. */
  readonly name: string;
}

/** Reads `https://...`, `http://...` or `hub:OWNER/REPO/FILE`; throws TabmeshError('invalid', 'model'). */
export function parseModelRef(text: string, hubOrigin = hubOriginDefault): ModelRef {
  if (text.length > modelRefCharactersMax)
    throw invalid(`A model's address has at most ${modelRefCharactersMax} characters.`);
  if (text.startsWith('hub:')) return parseHub(text, hubOrigin);
  const url = URL.parse(text);
  if (url === null || !/^https?:\/\//i.test(text))
    throw invalid('A model is named by https://..., http://... or hub:OWNER/REPO/FILE.');
  if (url.username !== '' || url.password !== '') throw invalid("A model's address holds no password.");
  if (/(^|[/\\])(\.|%2e){2}([/\\?#]|$)/i.test(text)) throw invalid("A model's address holds no '..'.");
  url.hash = '';
  if (url.origin === hubOrigin) {
    // As a person copies it out of the address bar of the Hub: a page about the file, not the file.
    url.pathname = url.pathname.replace(/^(\/[^/]+\/[^/]+)\/blob\//, '$1/resolve/');
    url.search = '';
    const [, place, file] = /^\/([^/]+\/[^/]+)\/resolve\/main\/(.+)$/.exec(url.pathname) ?? [];
    if (file) return parseHub(`hub:${place}/${file}`, hubOrigin);
  }
  return { id: url.href, url: url.href, name: fileName(url.pathname) };
}

/** The address of a file in the same folder. */
export function siblingRef(text: string, name: string): string {
  if (text.startsWith('hub:')) return text.replace(/[^/]*$/, () => name);
  const url = new URL(text);
  url.pathname = url.pathname.replace(/[^/]*$/, () => encodeURIComponent(name));
  return url.href;
}

function parseHub(text: string, hubOrigin: string): ModelRef {
  const parts = text.slice('hub:'.length).split('/');
  const [owner, repository, ...file] = parts;
  // Names of the Hub, and folders in a repository; a part that is only dots would leave the repository.
  if (file.length === 0 || !parts.every(part => /^[\w.+-]{1,128}$/.test(part) && !/^\.+$/.test(part)))
    throw invalid(
      'A model on the Hub is named by hub:OWNER/REPO/FILE, e.g. hub:Qwen/Qwen3-0.6B-GGUF/Qwen3-0.6B-Q8_0.gguf.',
    );
  const path = file.map(encodeURIComponent).join('/');
  return { id: text, url: `${hubOrigin}/${owner}/${repository}/resolve/main/${path}`, name: file.at(-1)! };
}

function fileName(path: string): string {
  const last = path.split('/').at(-1)!;
  try {
    return decodeURIComponent(last) || 'model';
  } catch {
    return last;
  }
}

const invalid = (reason: string) => new TabmeshError('invalid', 'model', reason);
