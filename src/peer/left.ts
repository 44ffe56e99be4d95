import type { Pod } from '../pod/pod.ts';
import { tabStorage } from './tab-storage.ts';

const key = 'tabmesh-left';

/** Whether a person took this tab out of its pod. It stays out through reloads; a new tab joins by itself again. */
export const hasLeft = (): boolean => tabStorage.get(key) !== undefined;

/** Notes leaving and joining until the returned function is called. */
export function noteLeaving(pod: Pod): () => void {
  let last = pod.state.peek().id;
  return pod.state.subscribe(({ id }) => {
    if (id !== undefined) tabStorage.remove(key);
    else if (last !== undefined) tabStorage.set(key, 'yes');
    last = id;
  });
}
