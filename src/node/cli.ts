/** `npm run --silent tabmesh -- COMMAND ...` */
import { parseArgs } from 'node:util';
import { TabmeshError, toError } from '../base/error.ts';
import type { Command } from './commands/command.ts';
import { inspect } from './commands/inspect.ts';
import { run } from './commands/run.ts';
import { tokenize } from './commands/tokenize.ts';

const commands: Record<string, Command> = { run, tokenize, inspect };

function usage(): string {
  const lines = Object.values(commands).map(command => `  ${command.usage}`);
  return `npm run --silent tabmesh -- COMMAND [options] [--json]\n${lines.join('\n')}\nFILE is a path, a URL, or hub:OWNER/REPO/FILE.`;
}

async function main(args: readonly string[]): Promise<void> {
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
  process.once('SIGINT', () => stop.abort(new TabmeshError('cancelled', 'node', 'Stopped.')));
  await command.run(parsed.values, parsed.positionals, stop.signal);
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
  await main(process.argv.slice(2));
  process.exit(0);
} catch (thrown) {
  const error = toError(thrown, 'node');
  if (process.argv.includes('--json'))
    console.log(JSON.stringify({ error: { kind: error.kind, reason: error.reason } }));
  console.error(error.reason);
  process.exit(error.kind === 'invalid' ? 2 : 1);
}
