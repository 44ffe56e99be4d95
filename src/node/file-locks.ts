import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Web Locks between processes that share a data folder: a file that holds its owner's process id. A lock whose owner
 * is gone (a crash) is free again.
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

async function take(path: string): Promise<boolean> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (isAlive(Number(await readFile(path, 'utf8').catch(() => '')))) return false;
      await rm(path, { force: true });
    }
  }
  return false;
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
