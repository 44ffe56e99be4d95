import { execFile } from 'node:child_process';

export interface Result {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** The command line, as a shell runs it. */
export function tabmesh(...args: string[]): Promise<Result> {
  return new Promise(resolve => {
    const all = ['scripts/run.mjs', 'src/node/cli.ts', ...args];
    execFile(process.execPath, all, { maxBuffer: 2 ** 26 }, (failure, out, error) => {
      resolve({ code: failure ? Number(failure.code) : 0, out, error });
    });
  });
}
