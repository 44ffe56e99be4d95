/** Everything the page says, in one place. */
import { formatBytes } from '../base/bytes.ts';
import { countText, layersText, timeText } from './format.ts';
import { modelWords } from './model-words.ts';
import { network } from './strings/network.ts';
import { settings } from './strings/settings.ts';

const peersText = (count: number): string => countText(count, 'peer', 'peers');
const list = new Intl.ListFormat('en');

export const words = {
  product: 'Tabmesh',
  you: 'this tab',
  copy: 'Copy',
  copied: 'Copied',
  tryAgain: 'Try again',
  cancel: 'Cancel',
  close: 'Close',

  rail: {
    label: 'Pages',
    chat: 'Chat',
    models: 'Models',
    pod: 'Pod',
    network: 'Network',
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
    lends: (bytes: number) =>
      bytes === 0 ? 'This tab lends nothing' : `This tab lends ${formatBytes(bytes)}`,
  },

  version: {
    waits: 'A new version is ready.',
    taken: 'Another tab has taken a new version.',
    reloads: 'Taking it reloads this page.',
    running: 'You can take it when the answer is complete.',
    update: 'Update',
    later: 'Later',
  },

  strip: {
    nobody: (layers: number) => `${countText(layers, 'layer', 'layers')}, held by nobody yet.`,
    held: (layers: number, who: string) => `${countText(layers, 'layer', 'layers')}. ${who}.`,
    notLoaded: 'not loaded yet',
  },

  chat: {
    title: 'Chat',
    message: 'Message',
    placeholder: 'Ask something',
    send: 'Send',
    stop: 'Stop',
    model: 'Model',
    newChat: 'New chat',
    chats: 'Chats',
    options: 'Options',
    edit: 'Edit',
    editLabel: 'Edit the question',
    ask: 'Ask',
    regenerate: 'Regenerate',
    copyCode: 'Copy this code',
    thinking: 'Thinking',
    thought: 'What it thought first',
    branches: 'Versions of this turn',
    branch: (at: number, count: number) => `${at} of ${count}`,
    previousBranch: 'Version before',
    nextBranch: 'Next version',
    contextTitle: 'Tokens of this chat, of what the model can hold',
    contextUsed: (used: number, context: number) =>
      `${used.toLocaleString('en')} of ${context.toLocaleString('en')}`,
    unkept: (reason: string) => `This chat is not kept: ${reason}`,
    answer: 'Answer',
    question: 'You asked',
    answering: 'Answering',
    complete: 'Answer complete',
    stopped: 'Stopped. The text so far is kept.',
    cut: 'The model reached the most text that it can hold, so the answer ends here.',
    failed: 'The answer failed.',
    kept: 'Your question and the text so far are kept.',
    back: 'Your question is in the box again.',
    showAll: (characters: number) => `Show all ${characters.toLocaleString('en')} characters`,
    showLess: 'Show less',
    endedEarly: 'The answer ended without saying that it was complete.',
    startingPeer: 'Starting your peer. Your message is sent as soon as it is ready.',
    emptyGuide: 'Ask about Tabmesh',
    emptyModel: (name: string) => `Ask ${name}`,
    guideIs:
      'The guide is a small model of 3.8 million parameters that came with this page. It knows only about Tabmesh, answers each question by itself, and may be wrong.',
    modelIs: (layers: number, bytes: number) =>
      `It has ${countText(layers, 'layer', 'layers')} (${formatBytes(bytes)}). It may be wrong.`,
    noMemory: 'It answers each question by itself.',
    suggestions: [
      'What is a pod?',
      'Who can read my text?',
      'What do I need to join?',
      'What happens if a peer leaves?',
    ],
    suggestionsLabel: 'Suggested questions',
    steps: { peers: 'Peers', load: 'Layers', prefill: 'Reading', answer: 'Answer' },
    stepsLabel: 'Steps to the first word',
    seconds: (count: number) => `${count} s`,
    counted: (done: number, total: number, unit: 'bytes' | 'layers' | 'tokens') =>
      unit === 'bytes' ? `${formatBytes(done)} of ${formatBytes(total)}` : `${done} of ${total} ${unit}`,
    privacyAlone: 'Runs in this tab. Your text does not leave it.',
    privacyPod: (count: number, pod: string, here: boolean) =>
      `Runs ${here ? 'here and ' : ''}on ${peersText(count)} of “${pod}”. ${count === 1 ? 'It sees' : 'They see'} the numbers between layers, not your text.`,
    privacyNotReady: 'Your peer is starting. You can type already.',
    privacyNoPlan: 'It is being settled who holds which layers of this model.',
    privacyUnserved: (model: string) => `Nobody serves ${model} yet.`,
    elsewhere: 'Elsewhere',
    wholeHere: 'Whole in this tab',
    toServe: 'Open Models to serve it.',
    privacyOutside: (model: string) =>
      `${model} is a file on this device that you have not shared with your pod.`,
    toLeave: 'Open Models to serve it in the pod, or to run it here alone.',
    outside: (model: string) => `${model} (outside the pod only)`,
  },

  history: {
    title: 'Chats',
    search: 'Search in all chats',
    loading: 'Reading the chats that are kept here.',
    none: 'No chat is kept yet. What you ask is kept here, on this device alone.',
    noMatch: (query: string) => `No chat holds “${query}”.`,
    where: 'Chats are kept on this device alone, and never sent anywhere.',
    delete: (title: string) => `Delete ${title}`,
    deleted: (count: number) => `${countText(count, 'chat', 'chats')} deleted.`,
    undo: 'Undo',
    restored: 'They are back.',
    deleteAll: 'Delete all',
    deleteAllNow: (count: number) => `Delete ${countText(count, 'chat', 'chats')} now`,
    export: 'Export',
    import: 'Import',
    imported: (count: number) => `${countText(count, 'chat', 'chats')} imported.`,
    tooLarge: (bytes: number) => `The file is larger than ${formatBytes(bytes)}. Nothing was imported.`,
  },

  options: {
    title: 'Options of this chat',
    lead: 'They hold for this chat, from the next question on.',
    system: 'System prompt',
    systemHint: 'The model reads it before everything else. It stays in this tab.',
    systemGuide: 'The guide knows fixed answers and hardly listens to it.',
    temperature: 'Temperature',
    topP: 'Top-p',
    minP: 'Min-p',
    topK: 'Top-k',
    hints: {
      temperature: '0 always takes the likeliest word; more gives more variety.',
      topP: 'Only the likeliest words that together make this share; 1 keeps all.',
      minP: 'Only words at least this likely beside the likeliest; 0 keeps all.',
      topK: 'Only so many of the likeliest words; 0 keeps all.',
    },
    reset: 'As the model’s makers advise',
  },

  route: {
    device: (device: string) => `Ran in this tab, on ${device}.`,
    whole: (program: string) => `Ran whole in this tab, by ${program}.`,
    pod: (peers: number, parts: readonly string[]) => `Ran over ${peersText(peers)}: ${list.format(parts)}.`,
    provider: (name: string) => `Answered by ${name}, asked with your key.`,
    other: (name: string) => `Answered by ${name}.`,
    hop: (name: string, first: number, last: number) => `${name} (${layersText(first, last)})`,
    interrupted: (causes: readonly string[]) => `${causes.join(' ')} The answer went on where it was.`,
    rate: (rate: string) => `${rate} tokens/s`,
    first: (ms: number) => `first token after ${timeText(ms)}`,
    tokens: (count: number) => countText(count, 'token', 'tokens'),
    anew: (count: number, total: number) => `${count} of ${total} prompt tokens read anew`,
    why: 'Where and why',
    seen: 'Text and tokens stayed in this tab. The others saw hidden states, from which a skilled reader may guess parts of a text; share a pod with people you trust.',
  },

  models: modelWords,

  whole: {
    title: 'Whole models, by WebLLM',
    lead: 'WebLLM runs models that were compiled for one GPU, whole in this tab. They are not shared with a pod. Its catalogue comes with 2 MB of code (another 2 MB when a model starts); nothing else is downloaded before you ask a model that you chose.',
    show: 'Show the catalogue',
    loading: 'Loading the catalogue.',
    find: 'Find in the catalogue',
    listLabel: 'WebLLM’s models',
    needs: (bytes: number) => `It needs ${formatBytes(bytes)} of GPU memory`,
    choose: (name: string) => `Choose ${name}`,
    drop: (name: string) => `Remove ${name} and what was downloaded for it`,
    chosen: 'Chosen: pick it below the message box. Its first question downloads it from the Hub.',
    none: (query: string) => `No model of the catalogue is called like “${query}”.`,
  },

  pod: {
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
    invite: 'Invite',
    inviteLink: 'Invite link',
    inviteLead:
      'One peer can join with this link within three days: it sees the members, lends memory if it likes, and can ask the models. The secret is in the part after #, which browsers do not send to servers.',
    leave: 'Leave pod',
    leaveLead: 'Your layers go to the others, and this tab works alone again.',
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
  },

  spread: {
    title: 'How layers are spread',
    fast: 'Fast.',
    wide: 'Wide.',
    why: {
      fast: 'What takes a token the least time, by what the members measured: few peers, and copies on others.',
      wide: 'Over as many peers as can, by the memory that they lend: slower where a model fits fewer, but all are at work.',
    },
  },
  lending: {
    title: 'What this tab lends',
    label: 'Memory for layers',
    nothing: 'Nothing',
    lead: 'Lent memory holds layers that other members ask of this tab, and your graphics card or processor computes them. Close the tab and it ends.',
    zero: 'This tab lends nothing. You can still ask the models of the pod.',
    amount: (bytes: number) =>
      `Up to ${formatBytes(bytes)} for layers and their caches, downloaded when the plan gives this tab layers. Others see no file and no text of yours.`,
  },

  join: {
    title: (pod: string) => `Join ${pod}`,
    lead: (inviter: string) => `${inviter} invites you to this pod.`,
    terms: (role: 'admin' | 'member' | 'viewer', uses: number, expires: number) =>
      `You come as ${role === 'admin' ? 'an admin' : `a ${role}`}. The invite is for ${countText(uses, 'peer', 'peers')}${expires === 0 ? '' : `, until ${new Date(expires).toLocaleString('en')}`}.`,
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
    reads:
      'When you ask, your text and tokens stay in this tab; members see hidden states, from which a skilled reader may guess parts of it.',
    notYet: 'Nothing is lent to this pod or downloaded for it before you press the button.',
    joining: 'Joining: finding a member and showing it the invite.',
    notNow: 'Not now',
    bad: 'This invite cannot be read.',
    toPod: 'To your pod',
    leaves: (name: string) => `You leave “${name}” by this.`,
    waiting: 'Your peer is starting; then the invite is read.',
  },

  network,

  settings,
};
