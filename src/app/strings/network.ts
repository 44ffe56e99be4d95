import { formatBytes } from '../../base/bytes.ts';
import { countText, timeText } from '../format.ts';

export const network = {
  title: 'Network',
  lead: 'How this tab is reached, whom it is connected to, and what went over each connection.',
  waiting: 'The details appear when your peer has started.',

  joining: {
    title: 'Steps of joining',
    steps: {
      start: 'This peer has started',
      relay: 'A relay answers',
      place: 'The relay holds a place for this tab, so that others can find it',
      peers: 'Somebody is connected directly',
      pod: 'A fellow member of the pod is connected',
    },
    states: { done: 'Done', now: 'Under way', waiting: 'Not yet', failed: 'Failed' },
    took: (ms: number) => `took ${timeText(ms)}`,
    since: (ms: number) => `for ${timeText(ms)}`,
    cures: {
      start: 'Try again. If that does not help, close other tabs of this page and load it once more.',
      noRelay:
        'Name a relay in Settings, open a link from a member, or open the page from a machine that runs Tabmesh (npm start): it is a relay.',
      silentRelay:
        'It is tried again by itself. Look whether the machine that served this page still runs, whether this device has a network, or name another relay in Settings.',
      noPlace: 'The relay may be full. It is tried again by itself; another one can be named in Settings.',
      nobody:
        'That is no fault: nobody else may be there. Invite a device on the Pod page, or open this page in a second tab. If a device is there and stays away, its network may let no direct connection through: name a TURN server in Settings.',
      nobodyOfPod:
        'The other members may have closed their tabs. They are called again by themselves for an hour.',
    },
    toSettings: 'Open Settings',
    toPod: 'Open Pod',
  },

  connections: 'Connections',
  none: 'Nobody is connected. Invite a device on the Pod page, or open this page in a second tab.',
  table: { peer: 'Peer', how: 'How', rtt: 'Round trip', traffic: 'Sent and received' },
  member: 'member',
  isRelay: 'relay',
  unknown: 'not measured',
  how: {
    host: 'Direct, on one network',
    nat: 'Direct, through routers',
    turn: 'Over a TURN server',
    direct: 'Direct',
    relayed: 'Over a relay',
  },
  transports: {
    webrtc: 'WebRTC',
    websocket: 'WebSocket',
    webtransport: 'WebTransport',
    memory: 'simulated',
  },
  traffic: (sent: number, received: number) => `${formatBytes(sent)} sent, ${formatBytes(received)} received`,
  total: (sent: number, received: number) =>
    `Over the WebRTC connections that are there now: ${formatBytes(sent)} sent, ${formatBytes(received)} received.`,
  asOf: (at: Date) => `As of ${at.toLocaleTimeString('en-GB')}.`,

  picture: {
    title: 'Picture of the connections; the table below says the same',
    text: (names: string) => `You are connected with ${names}.`,
    many: (count: number) => `${countText(count, 'peer', 'peers')}; their names are in the table.`,
    you: 'you',
    legend: 'Kinds of lines',
  },

  relays: 'Relays',
  relaysLead: 'A relay introduces tabs to each other. A place on one is how others find this tab.',
  noRelays: 'No relay is known.',
  relayStates: {
    dialing: 'Being called',
    connected: 'Connected, holds no place',
    reserved: 'Holds a place for this tab',
    silent: 'Does not answer; tried again by itself',
  },
  named: 'Named by you or by the page',
  adopted: 'Came with the address of a peer',

  details: 'About this peer',
  name: 'Name',
  id: 'Peer id',
  device: 'Device',
  storage: 'Kept in',
  addresses: 'Addresses',
  noAddresses: 'This tab has no address yet: no relay has answered.',

  diagnostics: 'Diagnostics',
  diagnosticsLead:
    'A text for whoever helps you: states, times, names of peers and the kind of this browser. There is no key, no invite, no password, no chat and no network address in it.',
  copyDiagnostics: 'Copy diagnostics',
  show: 'Show the text',
};
