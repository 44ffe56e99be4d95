import type { Pod } from '../pod/pod.ts';

const key = 'tabmesh-left';

/** Whether a person took this tab out of its pod. It stays out through reloads; a new tab joins by itself again. */
export const hasLeft = (session: Storage): boolean => session.getItem(key) !== null;

/** Notes leaving and joining until the returned function is called. */
export function noteLeaving(pod: Pod, session: Storage): () => void {
  let last = pod.state.peek().id;
  return pod.state.subscribe(({ id }) => {
    if (id !== undefined) session.removeItem(key);
    else if (last !== undefined) session.setItem(key, 'yes');
    last = id;
  });
}
