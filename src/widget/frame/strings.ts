import type { BadReason } from './bad-reasons.ts';

/** Everything the frame says, in one place. A site may say it in its own language: see own-words.ts. */
const number = (count: number): string => count.toLocaleString('en');

export const words = {
  title: 'Ask these pages',
  message: 'Your question',
  placeholder: 'Ask about this site',
  ask: 'Ask',
  good: 'Helpful',
  bad: 'Not helpful',
  why: 'Why not?',
  reasons: {
    'other-pages': 'Not what I asked',
    wrong: 'Wrong',
    outdated: 'Out of date',
    unclear: 'Hard to follow',
  } satisfies Record<BadReason, string>,
  thanks: 'Thank you. Your judgement was passed to this site.',
  tryAgain: 'Try again',
  suggestions: 'Suggested questions',
  log: 'Questions and answers',
  youAsked: 'You asked',
  empty: (host: string) => `Ask something, and see what the pages of ${host} say about it.`,
  staysHere: 'Your question stays in this browser.',
  podReads: (pod: string) =>
    `Your question and the passages found go to a member of the pod “${pod}”, which this site has chosen. Whoever runs it can read them.`,
  noModel: (pod: string, model: string) =>
    `The pod “${pod}” has no model called “${model.slice(0, 100)}” now.`,
  badWriter: (reason: string) =>
    `No model answers here: ${reason} The operator of this site has to set it right. You still see the passages.`,
  calling: 'Calling the model',
  writing: 'Writing an answer',
  ofBytes: (done: string, total: string) => `${done} of ${total}`,
  copy: 'Copy',
  copied: 'Copied',
  stop: 'Stop',
  stopped: 'You stopped this answer.',
  brokeOff: 'The answer broke off here.',
  cut: 'It was as long as an answer may get here.',
  check: 'Written by a model from the sources below. It may be wrong; follow the numbers.',
  citesNothing: 'Written by a model, and it names no source. Compare it with the passages below.',
  writerAway: (reason: string) =>
    `${reason} No model answers now, so these are the passages themselves. Try again in a moment.`,
  sources: 'Sources',
  offer: 'Let a model write an answer in this browser',
  looking: 'Asking how large it is',
  noOffer: 'The model cannot be had now.',
  consentTitle: 'A model in this browser',
  consent: (name: string, size: string, from: string) =>
    `${name}, ${size}, is downloaded from ${from}, and kept for this site where the browser allows it. It computes on this device, on its GPU where there is one. Your question stays here.`,
  allow: (size: string) => `Download ${size} and answer`,
  notNow: 'Not now',
  forget: 'Delete the model from this browser',
  reading: (done: number, total: number) =>
    total === 0 ? 'Looking for the pages of this site.' : `Read ${number(done)} of ${number(total)} pages.`,
  leftOut: (count: number) =>
    `${count === 1 ? 'One page' : `${number(count)} pages`} could not be read and may be missing here.`,
  offline: 'You are offline. Your question is kept; try again when you are connected.',
  badSite: (given: string) =>
    `“${given.slice(0, 100)}” is no web address. The operator of this site has to set it right.`,
  none: (host: string) => `Nothing in the pages of ${host} matches. Try other words.`,
  found: 'From the pages of this site',
  failed: 'This could not be answered.',
  searching: 'Searching',
  complete: (count: number) => `${number(count)} passages found`,
};
