/** What the Models page says. */
import { formatBytes } from '../base/bytes.ts';
import { countText, layersText, rateText, timeText } from './format.ts';

const list = new Intl.ListFormat('en');

export interface Share {
  readonly name: string;
  readonly bytes: number;
}
const sharesText = (shares: readonly Share[]) =>
  list.format(shares.map(({ name, bytes }) => `${name} ${formatBytes(bytes)}`));

export const modelWords = {
  title: 'Models',
  lead: 'A model is a file of layers. Opening one reads only its header, so you see its size before anything is downloaded.',
  add: 'Add by address or file',
  source: 'Address of a GGUF file',
  hint: 'https://... or hub:OWNER/REPO/FILE',
  open: 'Read header',
  opening: 'Reading the header',
  file: 'Choose a file',
  drop: 'or drop a .gguf file here. It stays on this device, until you choose to serve it in your pod.',
  none: 'No model is known yet. Find one on the Hub, or add one by its address.',
  waiting: 'The models appear when your peer has started.',
  layers: 'Layers',
  size: 'Size',
  types: 'Number formats',
  context: 'Context',
  contextValue: (tokens: number) => `${tokens.toLocaleString('en')} tokens`,
  head: 'Head',
  each: (least: number, most: number) =>
    formatBytes(least) === formatBytes(most)
      ? `${formatBytes(least)} each`
      : `${formatBytes(least)} to ${formatBytes(most)} each`,
  served: 'Served in this pod',
  servedAlone: 'Served by this tab',
  serve: 'Serve in this pod',
  runHere: 'Run in this tab',
  serving: 'Telling the pod',
  starting: 'Starting',
  leaveAndRun: 'Leave the pod and run it here',
  leaving: 'Leaving the pod',
  notShareable: (pod: string) =>
    `This file is on your device only; the others in “${pod}” have not been told of it.`,
  share: (bytes: number) => `Serve it in the pod, ${formatBytes(bytes)}`,
  shareLead: (pod: string, bytes: number) =>
    `To serve it, all ${formatBytes(bytes)} are read once to name the file by its content. Then every member of “${pod}” can get any part of it from this tab and from each other, as long as this page is open.`,
  sharing: 'Reading the file to name it by its content',
  wouldFetch: (shares: readonly Share[], head: number) =>
    `As the pod would plan it now: ${sharesText(shares)}. Whoever asks also fetches the head, ${formatBytes(head)}.`,
  wouldFetchAlone: (bytes: number, head: number) =>
    `This tab would fetch all layers, ${formatBytes(bytes)}, and the head, ${formatBytes(head)}.`,
  added: (name: string) => `${name} is in the list. Nothing but its header was downloaded.`,
  listLabel: 'Known models',
  loading: 'Loading the layers of this tab',
  mix: (source: number, members: number) =>
    members === 0
      ? 'all from the source'
      : `${Math.round((100 * members) / (source + members))} % from members`,

  find: {
    title: 'Find on the Hub',
    lead: 'Only the words that you search for are sent, to the Hub.',
    words: 'Name of a model',
    hint: 'Qwen3 0.6B',
    search: 'Search',
    searching: 'Asking the Hub',
    none: (text: string) => `The Hub has no GGUF files under “${text}”. Try fewer words.`,
    found: (count: number) => countText(count, 'repository', 'repositories'),
    listLabel: 'Repositories',
    downloads: (count: number) =>
      `${count.toLocaleString('en', { notation: 'compact' })} ${count === 1 ? 'download' : 'downloads'} a month`,
    licence: (name: string) => `licence ${name}`,
    noLicence: 'no licence named',
    gated: 'asks for an account',
    gatedWhy:
      'Its owner shows it only to those who accepted the terms, which this page cannot do for you. Download a file there and drop it below.',
    listing: 'Reading the list of files',
    noFiles: 'There is no whole GGUF model in this repository.',
    filesLabel: (repository: string) => `Models in ${repository}`,
    parts: (count: number) => `${count} files`,
    unreadable: 'Tabmesh cannot compute this number format yet.',
    openLabel: (name: string) => `Read header of ${name}`,
    from: (host: string) => `Searches ${host}.`,
    mirror: 'Use a mirror',
    mirrorLabel: 'Address of the Hub or of a mirror',
    mirrorLead: 'Searches and files come from there. Empty: the Hub itself.',
    set: 'Use it',
  },

  fit: {
    here: (left: number) => `Fits in this tab, with ${formatBytes(left)} left for conversations.`,
    pod: (shares: readonly Share[], left: number) =>
      `Fits this pod, about: ${sharesText(shares)}, with ${formatBytes(left)} left for conversations.`,
    no: (missing: number, alone: boolean) =>
      `Too large by ${formatBytes(missing)} for ${alone ? 'what this tab uses' : 'what this pod lends'} now. A smaller quantization of it takes less.`,
    layersLack: (bytes: number) =>
      `Its layers alone are larger than all that by ${formatBytes(bytes)}: look for a smaller quantization of it (a Q4 takes about half of a Q8).`,
    conversationLacks:
      'Its layers alone would fit: what is missing is the room for a conversation that each plan keeps, so a little more memory will do.',
    shorter:
      'Or keep room for shorter conversations: owners and admins set that on the Pod page, where “Try a plan” shows what it would do.',
    space: (free: number, enough: boolean) =>
      `This browser has room for ${formatBytes(free)} more${enough ? '' : ', which is less'}.`,
  },

  device: {
    cpu: (why: string | undefined) =>
      `${why ?? 'Layers of this tab run on its CPU.'} That is slower than a GPU, the more so the larger the model.`,
    noHalves: 'The GPU of this device has no 16-bit numbers (shader-f16), so long prompts may take longer.',
    memory: (whole: number, own: number, alone: boolean) =>
      `The whole model takes ${formatBytes(whole)} of memory and this tab has ${formatBytes(own)} for it, so it ${alone ? 'cannot answer alone' : 'answers together with others only'}.`,
    speed: (perSecond: number) =>
      `By what was measured so far it would write about ${rateText(perSecond)} tokens/s.`,
    unmeasured: 'How fast is known after a first answer.',
  },

  download: {
    title: 'Downloads',
    offer: 'Download',
    offerLabel: (name: string) => `Download ${name}`,
    planning: 'Asking for the plan',
    whole: (bytes: number) => `Whole model, ${formatBytes(bytes)}`,
    share: (first: number, last: number, bytes: number) =>
      `This tab’s share, ${layersText(first, last)}, ${formatBytes(bytes)}`,
    from: (host: string) =>
      `From ${host}, and from members of your pod that have it. It is kept on this device, and goes on by itself after a reload.`,
    states: {
      queued: 'Queued',
      downloading: 'Downloading',
      verifying: 'Verifying what was stored',
      paused: 'Paused',
      ready: 'Ready',
      failed: 'Failed',
    },
    part: (first: number, last: number) => layersText(first, last),
    rate: (bytes: number) => `${formatBytes(bytes)}/s`,
    left: (ms: number) => `${timeText(ms)} left`,
    done: (bytes: number, total: number) => `${formatBytes(bytes)} of ${formatBytes(total)}`,
    ready: 'It answers without a network now.',
    readyPart: 'These layers need no network now.',
    again: (ms: number) => `It tries again by itself ${timeText(ms)} after that.`,
    noNetwork:
      'This device has no network. What came is kept, and it goes on by itself when the network is back.',
    pause: 'Pause',
    resume: 'Resume',
    tryNow: 'Try now',
    cancel: 'Cancel',
    dismiss: 'Dismiss',
    of: (act: string, name: string) => `${act} ${name}`,
    cancelled: (name: string) =>
      `The download of ${name} is cancelled. What came of it is kept below, until you delete it.`,
  },

  notice: {
    want: 'Notify me when one ends while this page is out of sight',
    refused: 'This browser shows no notifications of this page. Its settings for the page can change that.',
    title: (name: string, ready: boolean) => (ready ? `${name} is ready` : `${name} could not be downloaded`),
    ready: 'It was downloaded and verified.',
    failed: 'The Models page says why.',
  },

  stored: {
    title: 'Stored on this device',
    none: 'Nothing is stored yet. What you download or serve is kept here, and nobody can see the list.',
    unread: (reason: string) => `What is stored here could not be read: ${reason}`,
    listLabel: 'Stored models',
    unknown: 'Left by an older version',
    header: (bytes: number) => `only its header, ${formatBytes(bytes)}`,
    bytes: (bytes: number, total: number) =>
      bytes >= total ? `whole, ${formatBytes(total)}` : `${formatBytes(bytes)} of ${formatBytes(total)}`,
    inUse: 'in use now',
    used: (when: string) => `last used ${when}`,
    opened: (when: string) => `opened ${when}, not used yet`,
    strip: (stored: number, layers: number) => `${stored} of ${countText(layers, 'layer', 'layers')} stored`,
    open: 'Open',
    delete: 'Delete',
    deleteNow: (bytes: number) => `Delete ${formatBytes(bytes)} now`,
    deleteMeans: 'What is deleted has to be fetched again before it runs here.',
    keepServing: 'This tab serves it, and goes on doing so until the page is closed.',
    embedded: 'Comes with the app',
    total: (used: number, quota: number) =>
      `${formatBytes(used)} used of the ${formatBytes(quota)} that this browser grants.`,
    unknownTotal: 'This browser does not tell how much room it grants.',
    persistent: 'The browser keeps it until you delete it.',
    evictable: 'When the disk runs full, the browser may delete it without asking.',
    persist: 'Keep it for good',
    refused:
      'The browser does not promise it now. Installing this page, or opening it more often, makes it more likely.',
    memory: (where: string) =>
      `Kept in ${where}. Models run all the same, out of memory, and are fetched anew the next time. Open this page in a normal window to keep them.`,
  },
};
