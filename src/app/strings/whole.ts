import { formatBytes } from '../../base/bytes.ts';

const list = new Intl.ListFormat('en');

export const whole = {
  title: 'Whole models, by WebLLM',
  lead: 'WebLLM runs models that were compiled for one GPU, whole in this tab. They are not shared with a pod. Its catalogue comes with 2 MB of code (another 2 MB when a model starts); nothing else is downloaded before you ask a model that you chose.',
  show: 'Show the catalogue',
  loading: 'Loading the catalogue.',
  find: 'Find in the catalogue',
  listLabel: 'WebLLM’s models',
  needs: (bytes: number) => `It needs ${formatBytes(bytes)} of GPU memory.`,
  choose: (name: string) => `Choose ${name}`,
  drop: (name: string) => `Remove ${name} and what was downloaded for it`,
  chosen: 'Chosen: pick it below the message box.',
  none: (query: string) => `No model of the catalogue is called like “${query}”.`,
  first: (bytes: number, hosts: readonly string[]) =>
    `Its first question downloads up to ${formatBytes(bytes)} from ${list.format(hosts)}.`,
  rest: (bytes: number, stored: number, hosts: readonly string[]) =>
    `${formatBytes(stored)} of it is stored here. Its next question downloads the other ${formatBytes(bytes)} from ${list.format(hosts)}.`,
  pause: 'Stop pauses that, and what has come is kept.',
  all: (bytes: number) => `All of it is stored here, ${formatBytes(bytes)}.`,
  stored: (bytes: number) => `${formatBytes(bytes)}, run by WebLLM in this tab alone`,
  dropMeans: 'Then it is chosen no more, and a question to it needs it chosen and downloaded anew.',
};
