import type { ModelCard } from '../peer/peer.ts';
import type { PodState } from '../pod/pod.ts';

/** Whether a file from this device cannot run now, since members of the pod that this tab is in could not fetch it. */
export function waitsOutside(card: ModelCard, pod: PodState | undefined): boolean {
  if (card.shareable || pod?.id === undefined) return false;
  const plan = pod.models.find(({ id }) => id === card.id)?.plan;
  return plan?.assignments.every(({ peer }) => peer === pod.self) !== true;
}
