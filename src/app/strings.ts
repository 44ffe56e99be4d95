/** Everything the page says, in one place. */
import { formatBytes } from '../base/bytes.ts';
import { countText, layersText, timeText } from './format.ts';

const peersText = (count: number): string => countText(count, 'peer', 'peers');
const list = new Intl.ListFormat('en');

export const words = {
  product: 'Tabmesh',
  you: 'this tab',
  copy: 'Copy',
  copied: 'Copied',
  tryAgain: 'Try again',
  cancel: 'Cancel',

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
    clears: 'Taking it reloads this page, and the chat on it ends.',
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
    toServe: 'Open Models to serve it.',
    privacyOutside: (model: string) =>
      `${model} is a file on this device, which the other members of your pod cannot fetch.`,
    toLeave: 'Open Models to leave the pod and run it here.',
    outside: (model: string) => `${model} (outside the pod only)`,
  },

  route: {
    device: (device: string) => `Ran in this tab, on ${device}.`,
    pod: (peers: number, parts: readonly string[]) => `Ran over ${peersText(peers)}: ${list.format(parts)}.`,
    hop: (name: string, first: number, last: number) => `${name} (${layersText(first, last)})`,
    interrupted: (causes: readonly string[]) => `${causes.join(' ')} The answer went on where it was.`,
    rate: (rate: string) => `${rate} tokens/s`,
    first: (ms: number) => `first token after ${timeText(ms)}`,
    tokens: (count: number) => countText(count, 'token', 'tokens'),
    anew: (count: number, total: number) => `${count} of ${total} prompt tokens read anew`,
    why: 'Where and why',
    seen: 'Text and tokens stayed in this tab. The others saw hidden states, from which a skilled reader may guess parts of a text; share a pod with people you trust.',
  },

  models: {
    title: 'Models',
    lead: 'A model is a file of layers. Opening one reads only its header, so you see its size before anything is downloaded.',
    add: 'Add a model',
    source: 'Address of a GGUF file',
    hint: 'https://... or hub:OWNER/REPO/FILE',
    open: 'Read header',
    opening: 'Reading the header',
    file: 'Choose a file',
    drop: 'or drop a .gguf file here. A file stays on this device: other members cannot fetch it.',
    none: 'No model is known yet. Add one by its address.',
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
      `This file is on your device only, so the others in “${pod}” could not fetch their layers of it. Run it in this tab alone, or add it by an address to serve it in the pod.`,
    wouldFetch: (shares: readonly { name: string; bytes: number }[], head: number) =>
      `By the memory that is lent now, about: ${list.format(shares.map(share => `${share.name} ${formatBytes(share.bytes)}`))}. Whoever asks also fetches the head, ${formatBytes(head)}.`,
    wouldFetchAlone: (bytes: number, head: number) =>
      `This tab would fetch all layers, ${formatBytes(bytes)}, and the head, ${formatBytes(head)}.`,
    tooLarge: (needed: number, lent: number) =>
      `It does not fit yet: its layers need ${formatBytes(needed)} and the members lend ${formatBytes(lent)} in all. Invite another device, or lend more.`,
    added: (name: string) => `${name} is in the list. Nothing but its header was downloaded.`,
    listLabel: 'Known models',
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
      'Whoever has this link can join until the pod ends: they see the members, lend memory if they like, and can ask the models. The secret is in the part after #, which browsers do not send to servers.',
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

  network: {
    title: 'Network',
    lead: 'How this tab is reached, and whom it is connected to.',
    state: 'State',
    name: 'Name',
    id: 'Peer id',
    device: 'Device',
    storage: 'Kept in',
    addresses: 'Addresses',
    noAddresses: 'This tab has no address yet: no relay has answered.',
    connections: 'Connections',
    noConnections: 'Nobody is connected. Invite a device on the Pod page, or open this page in a second tab.',
    table: { peer: 'Peer', how: 'How', transport: 'Transport', rtt: 'Round trip' },
    unknown: 'not measured',
    waiting: 'The details appear when your peer has started.',
  },

  settings: {
    title: 'Settings',
    theme: 'Appearance',
    themes: { system: 'As the device', light: 'Light', dark: 'Dark' },
    kept: 'What is kept here',
    keptText: (storage: string) =>
      `The key of this peer and the layers that it fetched are kept in: ${storage}. Chats last as long as this page.`,
    offline: {
      preparing: 'Being kept here, so that it opens without a network: this page and the guide.',
      ready: 'This page opens and the guide answers without a network too.',
      refused: 'This page needs a network to open: not all of it could be kept here.',
    },
  },
};
