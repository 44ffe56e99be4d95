// node scripts/run.mjs [--build] ENTRY.ts [arguments]: installs what is missing, then runs ENTRY on the Node we bring.
import { spawn } from 'node:child_process';
import { ensureBuilt, ensureInstalled } from './ensure.mjs';
import { modernNode, nodeFlags, root } from './place.mjs';
import { ensureWasm } from './wasm.mjs';

const args = process.argv.slice(2);
const build = args[0] === '--build';
if (build) args.shift();
const [entry, ...rest] = args;

ensureInstalled();
if (build) ensureBuilt();
else ensureWasm();

// The caller's folder stays the working folder, so that relative file names mean what they say.
const child = spawn(modernNode(), [...nodeFlags, `${root}/${entry}`, ...rest], {
  stdio: 'inherit',
  cwd: process.env.INIT_CWD ?? process.cwd(),
});
// A terminal's Ctrl-C reaches the whole group by itself; a signal sent to npm alone has to be passed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
