/** What a plan says of itself. */
import { must } from '../base/assert.ts';
import type { PeerId } from '../base/brand.ts';
import { formatBytes } from '../base/bytes.ts';
import type { Draft } from './draft.ts';
import { formatMs } from './format-ms.ts';
import { type Assignment, layerSizes, nameOf, type Standby, sum } from './plan.ts';

export function explain(draft: Draft, standbys: readonly Standby[]): string[] {
  const { assignments, spare, peers } = draft;
  const name = (peer: PeerId) => nameOf(must(peers.find(({ id }) => id === peer)));
  const copies = (peer: PeerId) => standbys.filter(each => each.peer === peer).map(each => rangeText(each));
  return [
    whatIsShared(draft),
    ...timeWords(draft, name),
    ...assignments.map(part => {
      const ms = part.ms === undefined ? '' : `, ${formatMs(part.ms)} of a token`;
      return `${name(part.peer)} holds ${rangeText(part)} of ${draft.layers.length} (${formatBytes(part.bytes)}${ms}).${standbyText(copies(part.peer))}`;
    }),
    ...spare.map(({ peer, reason }) => {
      const what = copies(peer).length > 0 ? 'is a standby' : 'is spare';
      return `${name(peer)} ${what}. ${reason}${standbyText(copies(peer))}`;
    }),
    ...unguarded(draft, standbys, name),
  ];
}

const rangeText = ({ first, last }: { first: number; last: number }): string =>
  last - first === 1 ? `layer ${first + 1}` : `layers ${first + 1} to ${last}`;

/** Costs half a millisecond to make. */
const listed = new Intl.ListFormat('en');
const standbyText = (copies: readonly string[]): string =>
  copies.length === 0 ? '' : ` It keeps a copy of ${listed.format(copies)}.`;

function whatIsShared({ layers, assignments, spread, headBytes }: Draft): string {
  const needed = formatBytes(sum(layerSizes(layers)));
  const what = `${layers.length} ${layers.length === 1 ? 'layer' : 'layers'} with caches for a conversation take ${needed}`;
  const count = assignments.length;
  const how =
    count === 1
      ? 'one peer holds them all'
      : spread === 'wide'
        ? `${count} peers share them in proportion to their memory, as this pod is set to spread wide`
        : `${count} peers share them`;
  return `${what}; ${how}. Whoever asks holds the embedding and the output matrix beside them (${formatBytes(headBytes)}).`;
}

function timeWords({ forecast, assignments, peers }: Draft, name: (peer: PeerId) => string): string[] {
  if (!forecast) return ['No peer has measured its speed yet, so all of them count as equally fast.'];
  const { tokenMs, layersMs, waysMs, headMs, promptPerSecond } = forecast;
  const unmeasured = peers.filter(peer => !peer.speed && assignments.some(each => each.peer === peer.id));
  const slowest = assignments.reduce<Assignment>((a, b) => (b.ms! > a.ms! ? b : a), assignments[0]!);
  const prompt =
    promptPerSecond === undefined ? '' : ` A prompt is read at ${promptPerSecond} tokens a second.`;
  const bottleneck =
    waysMs > Math.max(slowest.ms!, headMs)
      ? `The ways between peers take ${formatMs(waysMs)} of the ${formatMs(tokenMs)} of a token.`
      : headMs > slowest.ms!
        ? `The output matrix takes ${formatMs(headMs)} of the ${formatMs(tokenMs)} of a token.`
        : `${name(slowest.peer)} takes ${formatMs(slowest.ms!)} of the ${formatMs(tokenMs)} of a token.`;
  return [
    `A token takes about ${formatMs(tokenMs)} for the mean of the members: ${formatMs(layersMs)} in layers, ${formatMs(waysMs)} between peers, ${formatMs(headMs)} in the output matrix.${prompt}`,
    bottleneck,
    ...unmeasured.map(peer => `${nameOf(peer)} has not measured itself yet and counts as the median.`),
    ...peers
      .filter(peer => peer.hidden)
      .map(peer => `${nameOf(peer)} is a hidden tab, which counts as half as fast.`),
  ];
}

function unguarded(
  { assignments, peers }: Draft,
  standbys: readonly Standby[],
  name: (peer: PeerId) => string,
): string[] {
  if (peers.length === 1) return [];
  const bare = assignments.filter(
    ({ first, last }) => !standbys.some(each => each.first < last && first < each.last),
  );
  return bare.map(
    part =>
      `No other peer has room for a copy of what ${name(part.peer)} holds: if it is lost, its layers are loaded anew.`,
  );
}
