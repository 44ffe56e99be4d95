import { formatBytes } from '../../base/bytes.ts';
import type { InviteRole, Role } from '../../pod/document/statement.ts';
import { countText, layersText, peersText, timeText } from '../format.ts';

const dateText = (at: number): string =>
  new Date(at).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' });

export const pod = {
  title: 'Pod',
  lead: 'A pod is a group of peers that run one model together. Each holds a few layers; you see here who holds what.',
  alone: 'You are in no pod, so this tab works alone.',
  waiting: 'The pod appears when your peer has started.',
  create: 'Create pod',
  name: 'Pod name',
  defaultName: (peer: string) => `Pod of ${peer}`,
  createLead: 'Start one and invite your other devices, or people that you trust.',
  join: 'Join pod',
  joinLead: 'Paste the link that a member gave you.',
  joinLink: 'Link from a member',
  another: 'Another pod',
  anotherLead: (name: string) => `Creating or joining another pod leaves “${name}”.`,
  warnings: 'Warnings',
  members: 'Members',
  self: 'you',
  selfConnection: 'This tab',
  direct: 'Direct',
  relayed: 'Relayed',
  unconnected: 'Not connected',
  rtt: (ms: number) => `${timeText(ms)} round trip`,
  lendsNothing: 'Lends nothing',
  lends: (bytes: number) => `Lends ${formatBytes(bytes)}`,
  usesAlone: (bytes: number) => `Uses up to ${formatBytes(bytes)} for its own questions`,
  holds: (model: string, first: number, last: number) => `Holds ${layersText(first, last)} of ${model}`,
  holdsNothing: 'Holds no layers',
  cannotLoad: (model: string, reason: string) => `Cannot load ${model}: ${reason}`,
  loading: (bytes: number, total: number) => `Loading ${formatBytes(bytes)} of ${formatBytes(total)}`,
  plan: 'Who holds what',
  noPlan: 'Reading the header of this model, to see how large its layers are.',
  noModels: 'This pod serves no model yet.',
  toModels: 'Choose a model',
  table: { peer: 'Peer', layers: 'Layers', bytes: 'Memory', state: 'State' },
  loaded: 'Loaded',
  preparing: 'Getting ready',
  planned: 'Waiting to load',
  range: (first: number, last: number) => (last - first === 1 ? `${first + 1}` : `${first + 1} to ${last}`),
};

export const spread = {
  title: 'How layers are spread',
  fast: 'Fast.',
  wide: 'Wide.',
  why: {
    fast: 'What takes a token the least time, by what the members measured: few peers, and copies on others.',
    wide: 'Over as many peers as can, by the memory that they lend: slower where a model fits fewer, but all are at work.',
  },
};

export const join = {
  title: (pod: string) => `Join ${pod}`,
  lead: (inviter: string) => `${inviter} invites you to this pod.`,
  terms: (role: InviteRole, uses: number, expires: number) =>
    `You come as ${comesAs[role]}. The invite is for ${countText(uses, 'peer', 'peers')}${expires === 0 ? '' : `, until ${dateText(expires)}`}.`,
  cost: (name: string, layers: number, head: number) =>
    layers === 0
      ? `${name}: nothing to hold. Asking it yourself fetches its head, ${formatBytes(head)}.`
      : `${name}: about ${formatBytes(layers)} of layers to fetch and hold. Asking it yourself fetches its head too, ${formatBytes(head)}.`,
  models: 'Models it runs',
  noModels: 'It runs no model yet.',
  share: 'What you share',
  shares: [
    'The memory chosen below, and computing time while this tab is open.',
    'Through this tab pass hidden states (the numbers between layers), not the text that others write.',
    'Members see the name of this peer, its device, its memory and its network address.',
  ],
  viewerShares: [
    'No memory and no computing time: a viewer lends nothing and can ask all the same.',
    'Members see the name of this peer, its device and its network address.',
  ],
  reads:
    'When you ask, your text and tokens stay in this tab; members see hidden states, from which a skilled reader may guess parts of it.',
  notYet: 'Nothing is lent to this pod or downloaded for it before you press the button.',
  joining: 'Joining: finding a member and showing it the invite.',
  notNow: 'Not now',
  bad: 'This invite cannot be read.',
  copyWhole: 'Copy the whole link from the member who invited you.',
  toPod: 'To your pod',
  leaves: (name: string) => `You leave “${name}” by this.`,
  waiting: 'Your peer is starting; then the invite is read.',
};

const comesAs: Record<InviteRole, string> = { admin: 'an admin', member: 'a member', viewer: 'a viewer' };

const roles: Record<Role, string> = { owner: 'Owner', admin: 'Admin', member: 'Member', viewer: 'Viewer' };

export const members = {
  roles,
  roleOf: (name: string) => `Role of ${name}`,
  hidden: 'hidden tab',
  remove: 'Remove',
  removeMeans: (name: string) =>
    `${name} is cut off for good, and all others get a new key. It can come again only by a new invite.`,
  removeNow: (name: string) => `Remove ${name} now`,
  away: (count: number) => `${countText(count, 'more member', 'more members')}, away now`,
  awayLabel: 'Away',
  awayLead: 'They come back by themselves when they open their page.',
};

export const invite = {
  title: 'Invite',
  lead: 'Whoever has the link can come in, as often and as long as you say here.',
  denied: 'Only owners and admins of this pod can invite. Ask one of them.',
  role: 'They come as',
  roles: { member: 'Member', viewer: 'Viewer', admin: 'Admin' } satisfies Record<InviteRole, string>,
  means: {
    member: 'A member sees the others, asks the models, and lends memory if it likes.',
    viewer: 'A viewer sees the others and asks the models; it lends nothing and brings no models.',
    admin: 'An admin is a member who can invite, and change or remove members.',
  } satisfies Record<InviteRole, string>,
  uses: 'For how many',
  usesText: peersText,
  time: 'For how long',
  timeText: (hours: number) =>
    hours === 0
      ? 'Until revoked'
      : hours < 24
        ? countText(hours, 'hour', 'hours')
        : countText(hours / 24, 'day', 'days'),
  make: 'Invite',
  another: 'Another link',
  waits: 'The first link comes as soon as a relay knows this tab: before, nobody could find it by one.',
  lets: (role: InviteRole, uses: number, hours: number): string =>
    `This link lets ${peersText(uses)} in as ${comesAs[role]}, ${hours === 0 ? 'until it is revoked' : `within ${invite.timeText(hours)}`}.`,
  spent: 'The link that was made here lets nobody in any more: it was used, or revoked. Make another one.',
  link: 'Invite link',
  secret: 'The secret is in the part after #, which browsers do not send to servers.',
  share: 'Share',
  shareTitle: 'Join my Tabmesh pod',
  qr: 'QR code',
  qrLabel: 'QR code of the invite link',
  open: 'Open invites',
  openText: (role: InviteRole, used: number, uses: number, expires: number) =>
    `${roles[role]}, ${used.toLocaleString('en')} of ${uses.toLocaleString('en')} used, ${expires === 0 ? 'until revoked' : `until ${dateText(expires)}`}`,
  by: (name: string) => `by ${name}`,
  revoke: 'Revoke',
};

export const plan = {
  copies: 'Copies, for when a peer is lost',
  copiesText: (parts: readonly { name: string; first: number; last: number }[]) =>
    `Copies. ${parts.map(({ name, first, last }) => `${name}: ${layersText(first, last)}`).join('; ')}.`,
  copyOf: (range: string) => `${range}, copy`,
  more: 'More about this plan',
  trial: 'Try a plan',
  trialLead: 'Shows who would hold what, and what would change it. Nothing is served or loaded by it.',
  planning: 'Reading what is known of the model, and planning.',
  model: 'Model',
  context: 'Room for a conversation',
  contextText: (tokens: number) =>
    tokens === 0 ? 'As plans usually do' : `${tokens.toLocaleString('en')} tokens`,
  contextOfPod: (tokens: number) => `As the pod plans (${tokens.toLocaleString('en')} tokens)`,
  show: 'Show the plan',
  shown: (model: string) => `A plan for ${model} stands below.`,
  none: 'There is no such plan. Why stands below.',
};

export const podEnd = {
  title: 'Name and end',
  name: 'Name of this pod',
  rename: 'Rename',
  leave: 'Leave pod',
  leaveLead: 'Your layers go to the others, and this tab works alone again. Coming back takes an invite.',
  leaveOwner:
    'The pod goes on without you. You are an owner: if nobody else is, nobody can make admins any more. Coming back takes an invite.',
  dissolve: 'Dissolve pod',
  dissolveLead: 'Ends it for everybody who hears of it; their tabs then work alone.',
  dissolveMeans: (name: string) =>
    `“${name}” ends for all its members, those who are away included. This cannot be taken back; what they have stored stays on their devices.`,
  dissolveNow: (name: string) => `Dissolve “${name}” now`,
};
