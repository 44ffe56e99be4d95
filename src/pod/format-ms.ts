/** "14 ms", "3.5 ms", "0.2 ms", "2.1 s": two digits that count. */
export function formatMs(ms: number): string {
  if (ms >= 999.5) return `${(ms / 1000).toFixed(ms < 9950 ? 1 : 0)} s`;
  if (ms >= 9.95) return `${Math.round(ms)} ms`;
  return ms < 0.05 ? 'less than 0.1 ms' : `${ms.toFixed(1)} ms`;
}
