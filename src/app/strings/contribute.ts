import { formatBytes } from '../../base/bytes.ts';
import { typingHoldMs, typingQuietMs } from '../../base/limits.ts';
import type { ContributionState, PauseReason } from '../../peer/contribution.ts';
import type { Preset } from '../../peer/contribution-settings.ts';
import { countText, layersText, peersText, timeText } from '../format.ts';

/** Where a pod is entered: how much memory comes along. */
export const lending = {
  label: 'Memory for layers',
  nothing: 'Nothing',
  zero: 'This tab lends nothing. You can still ask the models of the pod.',
  amount: (bytes: number) =>
    `Up to ${formatBytes(bytes)} for layers and their caches, downloaded when the plan gives this tab layers. Others see no file and no text of yours.`,
};

const pauses: Record<PauseReason, string> = {
  hours: 'outside the hours that you chose',
  battery: 'on battery',
  metered: 'the network is metered, or set to save data',
  busy: 'other programs keep this device busy',
  typing: 'you are typing',
};

/** In a word or two, with the reason: for the status line and the head of the page. */
const stateText = (state: ContributionState, shareBytes: number): string => {
  switch (state.kind) {
    case 'off':
      return 'This tab lends nothing';
    case 'ending':
      return `Ending: ${countText(state.answers, 'answer', 'answers')} of others still under way`;
    case 'paused':
      return `Paused: ${pauses[state.why]}`;
    case 'lending':
      return `This tab lends ${formatBytes(shareBytes)}`;
    default:
      return state satisfies never;
  }
};

export const contribute = {
  title: 'Contribute',
  lead: 'Lend memory, computing time and upload to the members of your pod. It ends when you stop it or close the tab.',
  waiting: 'What you can lend appears when your peer has started.',
  shared:
    'Others’ hidden states (the numbers between layers) are computed on your graphics card or processor, and chunks of models go out over your line. Nobody gets a file, a chat or a key of yours.',
  stateTitle: 'Lending',
  change: 'Change it',
  state: stateText,
  slowed: {
    'own-answer': 'Others wait for their turn while your answer runs.',
    hidden: 'This tab is hidden, so your browser slows it down; the plan counts it as half as fast.',
  },
  despite: (why: PauseReason) => `You resumed although it would pause (${pauses[why]}).`,
  pausedNow: (why: PauseReason) =>
    why === 'typing'
      ? `What others begin waits until you have typed nothing for ${timeText(typingQuietMs)}, their answers no longer than ${timeText(typingHoldMs)}. Layers stay here, and nobody is told.`
      : 'Layers here go to others, and models that need this tab’s memory may not answer meanwhile. It goes on by itself when the reason is over.',
  /** The least words for a tap that says how much. */
  lend: (bytes: number) => `Lend ${formatBytes(bytes)}`,
  offer: (bytes: number) =>
    `A pod holds larger models the more its tabs lend. This one would lend up to ${formatBytes(bytes)} of memory for layers, which it downloads when a plan gives it some. Nobody gets a file or a chat of yours.`,
  lendNothing: 'Not now',
  offerChoose: 'Choose how much, and when',
  divided: (all: number, share: number) =>
    `This browser lends ${formatBytes(all)} in all; its tabs share that, and this one has ${formatBytes(share)}.`,
  noPod: 'You are in no pod, so there is nobody to lend to yet.',
  toPod: 'Create or join one',
  viewer: 'You are a viewer of this pod: a viewer lends nothing and can ask all the same.',
  start: 'Start lending',
  finish: 'Finish, then stop',
  stop: 'Stop now',
  stopNote: 'Finish lets answers end that go through this tab. Stop now hands them to others at once.',
  resume: 'Resume anyway',

  amounts: 'How much',
  preset: 'Preset',
  presets: { gentle: 'Gentle', balanced: 'Balanced', full: 'Full', own: 'Your own' } as Record<
    Preset | 'own',
    string
  >,
  computeShare: 'Share of computing time',
  shareHint: 'On average over a few seconds, of the device that computes for others.',
  percent: (share: number) => `${Math.round(share * 100)} %`,
  memory: 'Memory',
  memoryHint: 'For layers and their caches, of all tabs of this browser together.',
  diskLabel: 'Disk',
  diskHint: 'For layers that this browser keeps, of all models together.',
  diskText: (bytes: number | undefined) => (bytes === undefined ? 'No limit' : formatBytes(bytes)),
  upload: 'Upload',
  uploadHint: 'Of chunks of models to members. The numbers between layers are small and go beside it.',
  rate: (bytes: number | undefined) => (bytes === undefined ? 'No limit' : `${formatBytes(bytes)}/s`),
  always:
    'Also on battery, on metered networks, beside busy programs and while you type, and at full speed while your own answers run',
  hours: {
    only: 'Only at certain hours',
    from: 'From',
    to: 'Until',
    hour: (hour: number) => `${String(hour).padStart(2, '0')}:00`,
    hint: 'By this device’s clock.',
  },
  batteryUnknown: 'This browser does not tell whether it is on battery; stop by hand there.',
  disk: (used: number, limit: number | undefined) =>
    limit === undefined
      ? `${formatBytes(used)} of models are on this device’s disk. Layers that this tab holds are kept there, so that they are not fetched twice.`
      : used < limit
        ? `${formatBytes(used)} of models are on this device’s disk; layers for others fill it up to ${formatBytes(limit)}. What you download yourself is not bound by that.`
        : `${formatBytes(used)} of models are on this device’s disk, which leaves no room under ${formatBytes(limit)}: more layers for others are held in memory alone and fetched anew after a reload. Nothing is deleted by itself.`,
  toStored: 'See and delete what is stored',

  given: 'What this tab has given',
  givenLead: 'Since this page was opened.',
  nothingYet: 'Nothing yet. It counts what goes through this tab for others.',
  rows: 'Tokens',
  rowsText: (rows: number, peers: number) =>
    `${rows.toLocaleString('en')} through layers here, for ${peersText(peers)}`,
  layers: 'Layers held now',
  held: (model: string, first: number, last: number) => `${layersText(first, last)} of ${model}`,
  noLayers: 'none',
  time: 'Computing time',
  timeText: (ms: number) => timeText(ms),
  sent: 'Chunks of models sent',
  sentText: (bytes: number) => formatBytes(bytes),
  now: 'Under way now',
  nowText: (answers: number) => countText(answers, 'answer', 'answers'),
};
