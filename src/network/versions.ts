import type { PeerId } from '../base/brand.ts';
import { TabmeshError } from '../base/error.ts';
import type { Protocol } from './network.ts';
import { peerName } from './peer-name.ts';

/** What is offered to the other side, the newest first: it takes the first that it speaks. */
export const namesOf = ({ name, older = [] }: Protocol): string[] => [name, ...older];

/** "/tabmesh/activation/2" is version 2 of "/tabmesh/activation". */
function parse(name: string): { readonly family: string; readonly version: number } {
  const at = name.lastIndexOf('/');
  return { family: name.slice(0, at), version: Number(name.slice(at + 1)) };
}

/**
 * Why a channel could not be opened, for the person at this side: who is the older one and what to do. `spoken` is all
 * that the other side handles, as far as it is known.
 */
export function noCommonVersion(peer: PeerId, protocol: Protocol, spoken: Iterable<string>): TabmeshError {
  const { family, version } = parse(protocol.name);
  const theirs = [...spoken].map(parse).filter(each => each.family === family && each.version > 0);
  const newest = Math.max(0, ...theirs.map(each => each.version));
  const name = peerName(peer);
  const text =
    newest === 0
      ? `${name} does not speak ${family}. It may be another program, or a much older Tabmesh: reload its tab.`
      : newest < version
        ? `${name} runs an older Tabmesh (${family} ${newest}; this side speaks ${version}). Reload that tab, or update that program, and try again.`
        : `This side runs an older Tabmesh than ${name} (${family} ${version}; it speaks ${newest}). Reload this tab, or update this program, and try again.`;
  return new TabmeshError('unsupported', 'network', text);
}
