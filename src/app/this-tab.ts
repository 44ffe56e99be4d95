import { peers } from './stores/peer.svelte.ts';
import { words } from './strings.ts';

/** The pod's sentences name every peer; to the one who reads them its own name says little. */
export function aboutThisTab(text: string): string {
  const name = peers.peer?.name;
  if (name === undefined) return text;
  const told = text.replaceAll(name, words.you);
  return told.charAt(0).toUpperCase() + told.slice(1);
}
