import type { PeerId } from '../base/brand.ts';

const adjectives =
  'Amber Ancient Azure Bold Brave Bright Bronze Calm Clear Clever Cobalt Coral Cosy Crimson Crisp Daring Deep Eager Early Fair Fleet Fresh Gentle Glad Golden Grand Green Happy Hazel Humble Indigo Ivory Jade Jolly Keen Kind Lively Lucky Lunar Mellow Merry Mild Misty Nimble Noble Olive Patient Pearl Plucky Proud Quick Quiet Rapid Ruby Sandy Scarlet Silver Snowy Solar Steady Sunny Swift Tidy Violet'.split(
    ' ',
  );
const nouns =
  'Albatross Antelope Badger Beaver Bison Bittern Buzzard Camel Caribou Cheetah Condor Cormorant Cougar Crane Curlew Dolphin Eagle Egret Elk Falcon Ferret Finch Fox Gazelle Gecko Goose Grouse Hare Hawk Hedgehog Heron Ibex Ibis Jackdaw Jaguar Kestrel Kingfisher Lark Lemur Leopard Lynx Magpie Marten Meerkat Merlin Moose Narwhal Ocelot Osprey Otter Owl Panda Panther Penguin Plover Puffin Raven Robin Salmon Seal Sparrow Swallow Tiger Wren'.split(
    ' ',
  );

/** Two words for people to tell peers apart: 4096 names, so not a proof of who it is. */
export function peerName(id: PeerId): string {
  const hash = mix(id);
  return `${adjectives[hash % adjectives.length]}-${nouns[(hash >>> 16) % nouns.length]}`;
}

/** FNV-1a with murmur's finish, so that all bits hang on the last characters too. */
function mix(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
