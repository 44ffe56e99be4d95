import type { Budget } from '../../ledger/budget.ts';
import { countText, moneyText } from '../format.ts';

const each: Record<'daily' | 'monthly', string> = { daily: 'a day', monthly: 'a month' };

export const budget = {
  title: 'Budget',
  lead: 'Who has a key at a provider can pay for what other members ask there: as much as its budget says, of models that it gave a price. The key stays with its owner, through whose tab the question goes; both read it.',
  loading: 'Reading who may spend what.',
  nobody: 'Nobody pays for you in this pod.',
  payers: 'Who pays for you',
  payer: { name: 'Who pays', budget: 'Budget', spent: 'You have spent', left: 'Left for you' },
  modes: {
    none: 'Nothing',
    daily: 'So much a day',
    monthly: 'So much a month',
    percent: 'Part of what was paid in',
    unlimited: 'No limit',
  } satisfies Record<Budget['mode'], string>,
  text(budget: Budget): string {
    switch (budget.mode) {
      case 'none':
        return 'Nothing';
      case 'daily':
      case 'monthly':
        return `${moneyText(budget.amount)} ${each[budget.mode]}`;
      case 'percent':
        return `${budget.points / 100}% of ${moneyText(budget.paidIn)} paid in`;
      case 'unlimited':
        return `No limit, for ${countText(budget.peers.length, 'member', 'members')}`;
    }
  },
  amountText: (microcents: number) => (microcents === Infinity ? 'No limit' : moneyText(microcents)),
  give: {
    title: 'Hand part of it on',
    payer: 'Of the money of',
    to: 'To',
    amount: 'How much, in dollars',
    act: 'Hand on',
    given: 'Handed on. It counts from when both have heard of it.',
    wrong: 'How much is a number above 0, such as 0.50.',
  },
  shares: 'What others may spend of your money',
  share: { name: 'Member', share: 'Share', spent: 'Spent', left: 'Left' },
  set: 'Your budget',
  setLead:
    'What others may spend with your keys, all together, and the part of each. What you give to nobody, nobody spends. Days and months are those of UTC.',
  prices: 'Models and their prices: in Settings, at the provider',
  denied: 'Only owners and admins of this pod can pay for others. Ask one of them.',
  alone: 'When others have joined, you can give each a part.',
  mode: 'Others may spend',
  amount: 'In all, in dollars',
  paidIn: 'Paid in so far, in dollars',
  percent: 'Part of it, in percent',
  part: (name: string, percent: boolean) => `${name}, in ${percent ? 'percent' : 'dollars'}`,
  who: 'Who may spend',
  equally: 'Share equally',
  save: 'Set budget',
  saved: 'The budget is set. Members see it when they are here next.',
  wrong: 'Amounts are numbers of at least 0, such as 2.50.',
  tooMuch: 'The parts are more than the whole. Give less, or raise the whole.',
  audit: 'What was spent of your money',
  auditNone: 'Nothing was spent of your money yet.',
  auditMore: (shown: number, all: number) => `The latest ${shown} of ${countText(all, 'line', 'lines')}.`,
  line: { at: 'When', peer: 'Who', model: 'Model', tokens: 'Tokens', amount: 'Cost' },
  tokens: (prompt: number, completion: number) =>
    `${prompt.toLocaleString('en')} + ${completion.toLocaleString('en')}`,
  unsaid: 'not told',
  unsaidMeans: 'Nobody said what it cost, so all that was reserved counts as spent.',
};

export const prices = {
  title: 'Prices for your pod',
  lead: 'What the provider takes for a million tokens. By them the cost of each answer is reckoned that you pay for a member; models without a price are not paid for.',
  alone: 'Prices are for the members of a pod, and you are in none.',
  denied: 'Only owners and admins of a pod can pay for its members.',
  shared: 'Your pod may use it, out of your budget',
  unshared: 'For you alone',
  none: 'No model of it has a price.',
  list: 'Models with a price',
  model: 'Model',
  modelHint: (provider: string) => `As it is asked for: ${provider}/NAME.`,
  input: 'Question, in dollars',
  output: 'Answer, in dollars',
  text: (input: number, output: number) =>
    `${moneyText(input)} for a million tokens of the question, ${moneyText(output)} of the answer`,
  save: 'Set price',
  remove: (model: string) => `Remove the price of ${model}`,
  wrong: 'Prices are numbers of at least 0, such as 0.15.',
  wrongModel: (provider: string) => `The model's name begins with "${provider}/".`,
};

export const allies = {
  title: 'Other pods',
  lead: 'Two pods can answer for each other when they are free, as much as each allows the other. Members of the other pod who compute an answer see hidden states, and the one who is asked reads the text.',
  none: 'This pod has an agreement with no other.',
  list: 'Pods with an agreement',
  allowed: (requests: number, tokens: number) =>
    `may ask ${countText(requests, 'time', 'times')} a minute and use ${countText(tokens, 'token', 'tokens')} a day`,
  used: (requests: number, tokens: number) =>
    requests === 0
      ? 'Has asked nothing at this tab today'
      : `Has asked ${countText(requests, 'time', 'times')} at this tab today: ${countText(tokens, 'token', 'tokens')}`,
  end: 'End',
  endMeans: (name: string) =>
    `Neither pod answers for the other any more. To begin again, one of you makes a new link. “${name}” hears of it when it next asks.`,
  endNow: (name: string) => `End the agreement with ${name} now`,
  open: 'Open links',
  openText: (expires: number) =>
    `Open until ${new Date(expires).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' })}; whoever takes it up`,
  takeBack: 'Take back',
  denied: 'Only owners and admins of this pod can agree with other pods. Ask one of them.',
  alone:
    'You opened the link of another pod. Pods agree with each other: create one first, and what the link promises is shown in it.',
  make: 'Make a link',
  makeLead:
    'For an owner or admin of one other pod, once, within 72 hours. It holds when this tab has met the one who takes it up.',
  requests: 'Questions a minute, from them',
  tokens: 'Tokens a day, for them',
  link: 'Link for the other pod',
  secret: 'The secret is in the part after #, which browsers do not send to servers.',
  take: 'Use a link',
  takeLead:
    'Paste the link that an owner or admin of another pod gave you. Nothing is sent before you agree.',
  taken: 'Link from another pod',
  preview: (pod: string, signer: string) => `${signer} offers an agreement with “${pod}”.`,
  promises: 'Your pod',
  expires: (date: number) => `Take it up until ${new Date(date).toLocaleString('en')}.`,
  inReturn: 'In return they may ask your pod:',
  accept: 'Agree',
  notNow: 'Not now',
  wrong: 'Both limits are whole numbers of at least 0.',
};
