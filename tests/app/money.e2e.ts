import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../src/app/strings.ts';
import { readersOf } from '../../src/router/readers.ts';
import { type Tab, World } from '../e2e/world.ts';
import { faults, overflowing } from './faults.ts';

const { allies, budget, invite, prices } = words;
const { keys } = words.settings;
/** As peers are called. */
const who = '[A-Z][a-z]+-[A-Z][a-z]+';
let world: World;
let owner: Tab;
let member: Tab;
/** The owner of another pod. */
let other: Tab;

const part = ({ page }: Tab, name: string) => page.getByRole('region', { name, exact: true });
const button = ({ page }: Tab, name: string) => page.getByRole('button', { name, exact: true });

async function create(tab: Tab, name: string): Promise<void> {
  await tab.page.getByLabel(words.pod.name, { exact: true }).fill(name);
  await button(tab, words.pod.create).click();
  await tab.page.getByRole('heading', { name, exact: true, level: 1 }).waitFor();
}

async function looksRight(tab: Tab): Promise<void> {
  for (const width of [360, 1440]) {
    await tab.page.setViewportSize({ width, height: 800 });
    expect(await tab.page.evaluate(overflowing), `${width} px`).toEqual([]);
    expect(await faults(tab), `${width} px`).toEqual([]);
  }
}

const inView = (element: Element) => {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
};

beforeAll(async () => {
  world = await World.start();
  owner = await world.openTab('owner', '#/pod');
  await create(owner, 'Garden');
  const link = await owner.page.getByLabel(invite.link).inputValue();
  member = await world.openTab('member', link.slice(link.indexOf('#')));
  await button(member, words.pod.join).click();
  await member.page.getByRole('heading', { name: 'Garden', exact: true, level: 1 }).waitFor();
});
afterAll(() => world?.stop());

test('an owner sets a budget, which all see; a member sees its part, and why it sets none', async () => {
  const own = part(owner, budget.title);
  await own.getByText(budget.nobody).waitFor();
  await own.getByText(budget.auditNone).waitFor();
  await own.getByLabel(budget.mode).selectOption('daily');
  await own.getByLabel(budget.amount).fill('a dollar');
  await button(owner, budget.save).click();
  await own.getByRole('alert').getByText(budget.wrong).waitFor();
  await own.getByLabel(budget.amount).fill('1.5');
  const share = own.getByRole('group', { name: budget.who }).getByRole('textbox');
  await share.fill('2');
  await button(owner, budget.save).click();
  await own.getByText(budget.tooMuch).waitFor();
  await button(owner, budget.equally).click();
  expect(await share.inputValue()).toBe('1.5');
  await button(owner, budget.save).click();
  await own.getByText(budget.saved).waitFor();
  const given = own.getByRole('table', { name: budget.shares });
  await expect.poll(() => given.getByText('$1.50').count()).toBe(2);
  const theirs = part(member, budget.title);
  const payers = theirs.getByRole('table', { name: budget.payers });
  await payers.getByText('$1.50 a day').waitFor();
  await payers.getByText('$0.00').waitFor();

  const mode = own.getByLabel(budget.mode);
  await mode.selectOption('monthly');
  expect(await own.getByLabel(budget.amount).inputValue()).toBe('1.5');
  await button(owner, budget.save).click();
  await payers.getByText('$1.50 a month').waitFor();
  await mode.selectOption('percent');
  await own.getByLabel(budget.paidIn).fill('20');
  await own.getByLabel(budget.percent).fill('50');
  await share.fill('25');
  await button(owner, budget.save).click();
  await payers.getByText('50% of $20.00 paid in').waitFor();
  await payers.getByText('$5.00').waitFor();
  await mode.selectOption('unlimited');
  await own.getByRole('group', { name: budget.who }).getByRole('checkbox').check();
  await button(owner, budget.save).click();
  await payers.getByText('No limit, for 1 member').waitFor();
  await mode.selectOption('none');
  await button(owner, budget.save).click();
  await theirs.getByText(budget.nobody).waitFor();
  await mode.selectOption('daily');
  await own.getByLabel(budget.amount).fill('1.5');
  await share.fill('1.5');
  await button(owner, budget.save).click();
  await payers.getByText('$1.50 a day').waitFor();
  await theirs.getByText(budget.denied).waitFor();
  await part(member, allies.title).getByText(allies.denied).waitFor();
  expect(await button(member, budget.save).count()).toBe(0);
  await looksRight(owner);
  await looksRight(member);
});

test('a member hands part of its share on to another, and no more than it has', async () => {
  const theirs = part(member, budget.title);
  const amount = theirs.getByLabel(budget.give.amount);
  await amount.fill('0');
  await button(member, budget.give.act).click();
  await theirs.getByRole('alert').getByText(budget.give.wrong).waitFor();
  await amount.fill('1.6');
  await button(member, budget.give.act).click();
  await theirs.getByRole('alert').getByText('more than is left').waitFor();
  await amount.fill('0.4');
  await button(member, budget.give.act).click();
  await theirs.getByText(budget.give.given).waitFor();
  await theirs.getByRole('table', { name: budget.payers }).getByText('$1.10').waitFor();
  const given = part(owner, budget.title).getByRole('table', { name: budget.shares });
  for (const text of ['$1.10', '$0.40']) await given.getByText(text).first().waitFor();
  await looksRight(member);
});

test('two pods agree by a link, which is shown before anything is sent', async () => {
  const own = part(owner, allies.title);
  await own.getByText(allies.none).waitFor();
  await own.getByLabel(allies.requests).first().fill('7');
  await own.getByLabel(allies.tokens).first().fill('2000');
  await button(owner, allies.make).click();
  await own.getByText(allies.allowed(7, 2000)).waitFor();
  const link = await own.getByLabel(allies.link).inputValue();

  other = await world.openTab('other', link.slice(link.indexOf('#')));
  const theirs = part(other, allies.title);
  await theirs.getByText(allies.allowed(7, 2000)).waitFor();
  await create(other, 'Orchard');
  await theirs.getByText(allies.allowed(7, 2000)).waitFor();
  await expect.poll(() => theirs.getByRole('heading', { name: allies.title }).evaluate(inView)).toBe(true);
  await theirs.getByLabel(allies.taken).fill(`${link.slice(0, -20)}`);
  await theirs.getByRole('alert').getByRole('paragraph').waitFor();
  await other.page.goto(world.server.url + link.slice(link.indexOf('#')));
  await theirs.getByText(allies.allowed(7, 2000)).waitFor();
  expect(other.page.url()).not.toContain('federate');
  await expect.poll(() => theirs.getByRole('heading', { name: allies.title }).evaluate(inView)).toBe(true);
  await member.page.goto(world.server.url + link.slice(link.indexOf('#')));
  await expect.poll(() => part(member, allies.title).getByText(allies.denied).evaluate(inView)).toBe(true);
  await looksRight(other);
  await button(other, allies.accept).click();
  await theirs.getByRole('list', { name: allies.list }).getByText('Garden').waitFor();
  await own.getByRole('list', { name: allies.list }).getByText('Orchard').waitFor({ timeout: 60_000 });
  await own.getByText(allies.used(0, 0)).waitFor();
  await looksRight(owner);
});

test('what another pod alone serves is offered here, and who would read a question to it is said before it is sent', async () => {
  const tiny = 'tiny-qwen3-q4_k_m';
  await other.page.goto(`${world.server.url}#/models`);
  await other.page.locator('input[type=file]').setInputFiles(`tests/fixtures/${tiny}.gguf`);
  await other.page.getByRole('button', { name: /^Serve it in the pod, / }).click();
  await other.page.getByText(words.models.served).nth(1).waitFor();
  await owner.page.goto(`${world.server.url}#/chat`);
  const model = owner.page.getByLabel(words.chat.model);
  const offered = async () => {
    await model.blur();
    await model.focus();
    return model.locator('option', { hasText: tiny }).count();
  };
  await expect.poll(offered, { timeout: 60_000, interval: 500 }).toBe(1);
  await model.selectOption(tiny);
  await owner.page.getByText(readersOf({ kind: 'federated', provider: 'Orchard' })).waitFor();
});

test('an agreement ends with a second tap', async () => {
  const own = part(owner, allies.title);
  await owner.page.goto(`${world.server.url}#/pod`);
  await button(owner, `${allies.end} Orchard`).click();
  await own.getByText(allies.endMeans('Orchard')).waitFor();
  await button(owner, allies.endNow('Orchard')).click();
  await own.getByText(allies.none).waitFor();
  expect(other.errors).toEqual([]);
});

test('a model with a price is asked by a member, and its cost stands in the list of the one who paid', async () => {
  await owner.page.goto(`${world.server.url}#/settings`);
  const own = part(owner, keys.title);
  await own.getByLabel(keys.provider, { exact: true }).selectOption({ label: keys.own });
  await own.getByLabel(keys.name, { exact: true }).fill('house');
  await own.getByLabel(keys.address, { exact: true }).fill(`${world.server.url}v1`);
  await own.getByLabel(keys.key, { exact: true }).fill('sk-kept-0123456789');
  await button(owner, keys.add).click();
  await own.getByText(prices.unshared).click();
  await own.getByLabel(prices.model, { exact: true }).fill('attic/small');
  await own.getByLabel(prices.input).fill('0.15');
  await own.getByLabel(prices.output).fill('0.6');
  await button(owner, prices.save).click();
  await own.getByText(prices.wrongModel('house')).waitFor();
  await own.getByLabel(prices.model, { exact: true }).fill('house/guide');
  await button(owner, prices.save).click();
  await own.getByText(prices.text(15_000_000, 60_000_000)).waitFor();
  await own.getByText(prices.shared).waitFor();
  await looksRight(owner);

  await member.page.goto(`${world.server.url}#/chat`);
  await member.page.getByLabel(words.chat.model).focus();
  await member.page.getByLabel(words.chat.model).selectOption('house/guide');
  await member.page.getByText(new RegExp(`${who}${readersOf({ kind: 'treasury', provider: '' })}`)).waitFor();
  await member.page.getByRole('textbox', { name: 'Message' }).fill('What is a pod?');
  await member.page.keyboard.press('Enter');
  await member.page.getByRole('article').last().getByText('A pod is').waitFor({ timeout: 60_000 });
  await owner.page.goto(`${world.server.url}#/pod`);
  const line = part(owner, budget.title).getByRole('table', { name: budget.audit }).getByRole('row').last();
  await line.getByText('house/guide').waitFor();
  expect(await line.getByRole('cell').last().innerText()).toMatch(/^\$0\.0*[1-9]/);
  await looksRight(owner);

  const asker = await line.getByRole('cell').nth(1).innerText();
  expect(asker).toMatch(new RegExp(`^${who}$`));
  await member.context.close();
  await owner.page.getByText(words.members.away(1)).click();
  await owner.page.getByRole('list', { name: words.members.awayLabel }).getByText(asker).waitFor();
  expect(await line.getByRole('cell').nth(1).innerText()).toBe(asker);

  await owner.page.goto(`${world.server.url}#/settings`);
  await own.getByText(prices.shared).click();
  await button(owner, prices.remove('house/guide')).click();
  await own.getByText(prices.unshared).waitFor();
  expect(owner.errors).toEqual([]);
  expect(member.errors).toEqual([]);
});
