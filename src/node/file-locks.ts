import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Web Locks between the processes of one machine that share a data folder: a file that says which process is its owner.
 * A lock whose owner is gone (a crash) is free again.
 */
export function fileLocks(folder: string): Pick<LockManager, 'request'> {
  const request = async (
    name: string,
    _options: LockOptions,
    hold: (lock: Lock | null) => unknown,
  ): Promise<unknown> => {
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${encodeURIComponent(name)}.lock`);
    if (!(await take(path))) return hold(null);
    try {
      return await hold({ name, mode: 'exclusive' });
    } finally {
      await rm(path, { force: true });
    }
  };
  return { request: request as LockManager['request'] };
}

/** After a lock was cleared, or given back while we looked at it. */
const triesMax = 3;

/**
 * A link either is there with its content or is not, so nobody reads a lock that is not yet signed. What the dead
 * left is cleared under a lock of its own: a dead owner stays dead, so nothing else can change it meanwhile.
 */
async function take(path: string): Promise<boolean> {
  const signed = `${path}.${crypto.randomUUID()}`;
  await writeFile(signed, await signature(process.pid));
  try {
    for (let attempt = 0; attempt < triesMax; attempt++) {
      if (await tryLink(signed, path)) return true;
      const state = await look(path);
      if (state === 'held') return false;
      if (state === 'free') continue;
      const clearing = `${path}.clear`;
      if (!(await take(clearing))) return false;
      if ((await look(path)) === 'dead') await rm(path);
      await rm(clearing);
    }
    return false;
  } finally {
    await rm(signed);
  }
}

async function tryLink(signed: string, path: string): Promise<boolean> {
  try {
    await link(signed, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** A process id alone is not enough: in a container every start has the same one. */
async function look(path: string): Promise<'free' | 'held' | 'dead'> {
  const owner = await readFile(path, 'utf8').catch(() => undefined);
  if (owner === undefined) return 'free';
  const pid = Number.parseInt(owner, 10);
  return isAlive(pid) && owner === (await signature(pid)) ? 'held' : 'dead';
}

/** The id of a process and, where the system tells (Linux, proc(5)), in which boot and when in it the process began. */
async function signature(pid: number): Promise<string> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const startTicks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${pid} ${boot.trim()} ${startTicks}`;
  } catch {
    return String(pid);
  }
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
