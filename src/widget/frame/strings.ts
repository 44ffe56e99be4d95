/** Everything the frame says, in one place. */
const number = (count: number): string => count.toLocaleString('en');

export const words = {
  title: 'Ask these pages',
  message: 'Your question',
  placeholder: 'Ask about this site',
  ask: 'Ask',
  good: 'Helpful',
  bad: 'Not helpful',
  thanks: 'Thank you. Your judgement was passed to this site.',
  tryAgain: 'Try again',
  suggestions: 'Suggested questions',
  log: 'Questions and answers',
  youAsked: 'You asked',
  empty: (host: string) =>
    `Ask something, and see what the pages of ${host} say about it. Your question stays in this browser.`,
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
