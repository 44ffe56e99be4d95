/** The one byte over which tests/pod/hanging-worker.ts hangs. */
export const hangsOver = 7;
