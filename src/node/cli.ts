/** `npm run --silent tabmesh -- COMMAND ...` */
import { parseArgs } from 'node:util';
import { TabmeshError, toError } from '../base/error.ts';
import type { Command } from './commands/command.ts';
import { inspect } from './commands/inspect.ts';
import { key } from './commands/key.ts';
import { keys } from './commands/keys.ts';
import { network } from './commands/network.ts';
import { plan } from './commands/plan.ts';
import { relay } from './commands/relay.ts';
import { run } from './commands/run.ts';
import { siteIndex } from './commands/site-index.ts';
import { tokenize } from './commands/tokenize.ts';
import { verify } from './commands/verify.ts';

const commands: Record<string, Command> = {
  run,
  tokenize,
  inspect,
  plan,
  verify,
  keys,
  key,
  relay,
  network,
  index: siteIndex,
};

function usage(): string {
  const lines = Object.values(commands).map(command => `  ${command.usage}`);
  return `npm run --silent tabmesh -- COMMAND [options] [--json]\n${lines.join('\n')}\nFILE is a path, a URL, or hub:OWNER/REPO/FILE.`;
}

/** Resolves to the exit code; undefined is 0. */
async function main(args: readonly string[]): Promise<number | undefined> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help') {
    console.log(usage());
    return;
  }
  const command = commands[name];
  if (!command) throw new TabmeshError('invalid', 'node', `There is no command "${name}".\n${usage()}`);
  if (rest.includes('--help')) {
    console.log(`  ${command.usage}`);
    return;
  }
  const parsed = readArguments(command, rest);
  if (parsed.positionals.length > 1) {
    const extra = parsed.positionals.slice(1).join(' ');
    throw new TabmeshError(
      'invalid',
      'node',
      `${name} takes one FILE; "${extra}" is too much. Put a text of several words in quotes.`,
    );
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stop.abort(new TabmeshError('cancelled', 'node', 'Stopped.')));
  return command.run(parsed.values, parsed.positionals, stop.signal);
}

function readArguments(command: Command, args: string[]) {
  try {
    return parseArgs({
      args,
      options: { ...command.options, json: { type: 'boolean' } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new TabmeshError('invalid', 'node', `${(error as Error).message}\n${command.usage}`);
  }
}

try {
  process.exit((await main(process.argv.slice(2))) ?? 0);
} catch (thrown) {
  const error = toError(thrown, 'node');
  if (process.argv.includes('--json'))
    console.log(JSON.stringify({ error: { kind: error.kind, reason: error.reason } }));
  console.error(error.reason);
  const failureCode = commands[process.argv[2] ?? '']?.failureCode ?? 1;
  process.exit(error.kind === 'invalid' ? 2 : failureCode);
}
