/** Calls when a page is looked at again or its machine is online again. Does nothing in Node, which has no page. */
export function onPageAwake(awake: () => void): () => void {
  if (typeof document === 'undefined') return () => {};
  const subscribed = new AbortController();
  const { signal } = subscribed;
  addEventListener('online', awake, { signal });
  document.addEventListener('visibilitychange', () => document.hidden || awake(), { signal });
  return () => subscribed.abort();
}
