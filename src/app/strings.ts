/** Everything the page says, in one place. */
import { formatBytes } from '../base/bytes.ts';
import { countText, peersText } from './format.ts';
import { modelWords } from './model-words.ts';
import { attachments } from './strings/attachments.ts';
import { chat, history, options, route } from './strings/chat.ts';
import { contribute, lending } from './strings/contribute.ts';
import { allies, budget, prices } from './strings/money.ts';
import { network } from './strings/network.ts';
import { invite, join, members, plan, pod, podEnd, spread } from './strings/pod.ts';
import { settings } from './strings/settings.ts';
import { shortcuts } from './strings/shortcuts.ts';
import { whole } from './strings/whole.ts';

export const words = {
  product: 'Tabmesh',
  you: 'this tab',
  copy: 'Copy',
  copied: 'Copied',
  tryAgain: 'Try again',
  cancel: 'Cancel',
  close: 'Close',
  pageLoading: 'This part of the page is being loaded.',
  pageFailed:
    'This part of the page could not be loaded. Look whether this device has a network, then try again or reload the page.',

  rail: {
    label: 'Pages',
    chat: 'Chat',
    models: 'Models',
    pod: 'Pod',
    network: 'Network',
    contribute: 'Contribute',
    settings: 'Settings',
  },

  status: {
    label: 'State of this tab',
    details: 'Details',
    starting: 'Starting your peer: loading the network code.',
    notStarted: (reason: string) => `Your peer did not start: ${reason}`,
    offline: 'Offline',
    connecting: 'Connecting',
    relayOnly: 'Relay only',
    relayReason: 'Others can find this tab through a relay; nobody is connected to it directly yet.',
    peers: peersText,
    connectedReason: (pod: string | undefined) =>
      pod === undefined ? 'Connected. You are in no pod.' : `Connected, in the pod “${pod}”.`,
    usesAlone: (bytes: number) => `This tab uses up to ${formatBytes(bytes)} for itself`,
  },

  version: {
    waits: 'A new version is ready.',
    taken: 'Another tab has taken a new version.',
    reloads: 'Taking it reloads this page.',
    running: 'You can take it when the answer is complete.',
    others: (answers: number) =>
      `Taking it reloads this page, after what others ask through it now: ${countText(answers, 'answer', 'answers')}.`,
    finishing: (answers: number) =>
      `It is taken when what others ask through this tab is complete: ${countText(answers, 'answer', 'answers')}.`,
    update: 'Update',
    now: 'Update now',
    later: 'Later',
  },

  strip: {
    nobody: (layers: number) => `${countText(layers, 'layer', 'layers')}, held by nobody yet.`,
    held: (layers: number, who: string) => `${countText(layers, 'layer', 'layers')}. ${who}.`,
    notLoaded: 'not loaded yet',
  },

  models: modelWords,

  whole,

  network,

  settings,

  shortcuts,

  attachments,
  chat,
  history,
  options,
  route,
  pod,
  spread,
  invite,
  members,
  plan,
  podEnd,
  budget,
  prices,
  allies,
  join,
  lending,
  contribute,
};
