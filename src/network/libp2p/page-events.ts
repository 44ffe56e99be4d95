/** What a page goes through that matters to its connections. Does nothing in Node, which has no page. */
export function onPage(call: { awake: () => void; leaving: () => void }): () => void {
  if (typeof document === 'undefined') return () => {};
  const subscribed = new AbortController();
  const { signal } = subscribed;
  addEventListener('online', call.awake, { signal });
  document.addEventListener('visibilitychange', () => document.hidden || call.awake(), { signal });
  addEventListener('pagehide', call.leaving, { signal });
  return () => subscribed.abort();
}
