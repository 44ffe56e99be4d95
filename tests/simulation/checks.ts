import type { TestPeer } from '../pod/pod-world.ts';
import type { Spending } from './spending.ts';

/** What must hold once all connections are whole again: what it finds wrong, in words. */
export type Check = (peers: readonly TestPeer[]) => string[];

/** One more for each thing that members must agree on or keep: documents, budgets. */
export const checks: readonly Check[] = [membersAgree, documentsAgree, plansAgree, nothingIsLeftOpen];

function membersAgree(peers: readonly TestPeer[]): string[] {
  const all = idsOf(peers.map(({ id }) => ({ id })));
  return peers
    .filter(peer => idsOf(peer.state().members) !== all)
    .map(peer => `${peer.id} has ${idsOf(peer.state().members)} as members`);
}

function documentsAgree(peers: readonly TestPeer[]): string[] {
  const documents = new Set(peers.map(peer => JSON.stringify(peer.state().document)));
  return documents.size > 1 ? [`there are ${documents.size} documents`] : [];
}

function plansAgree(peers: readonly TestPeer[]): string[] {
  const plans = new Set(
    peers.map(peer => JSON.stringify(peer.state().models.map(({ id, plan }) => [id, plan?.assignments]))),
  );
  return plans.size > 1 ? [`there are ${plans.size} plans`] : [];
}

/** Sessions that rest are kept for the next question, four of each requester; whatever else is open is forgotten. */
function nothingIsLeftOpen(peers: readonly TestPeer[]): string[] {
  return peers
    .filter(peer => peer.sessions.size > 8)
    .map(peer => `${peer.id} keeps ${peer.sessions.size} sessions`);
}

/** At every moment of a run: whatever was said, lost or forgotten, nobody has spent what was not there. */
export async function budgetHolds(spending: Spending): Promise<void> {
  const { whole, charged } = spending;
  if (charged > whole) throw new Error(`the provider has charged ${charged} of ${whole}`);
  const sums = await spending.sums();
  if (!sums) return;
  const { held, booked, left, heldByUnnamed } = sums;
  if (charged > held)
    throw new Error(`the provider has charged ${charged}, and the payer holds only ${held}`);
  if (left + held !== whole) throw new Error(`${left} is left and ${held} is held of ${whole}`);
  if (heldByUnnamed > 0) throw new Error(`${heldByUnnamed} is held by who may spend nothing`);
  if (booked > held) throw new Error(`the list of what was spent says ${booked}, the sums ${held}`);
}

/** In the end: nothing is under way, and the list of what was spent is the sums. */
export async function nothingIsReserved(spending: Spending): Promise<string[]> {
  const sums = await spending.sums();
  if (!sums) return ['the payer is not in its pod'];
  const { held, booked } = sums;
  if (spending.open > 0) return [`${spending.open} requests that cost are open`];
  return held === booked ? [] : [`${held} is held, and the list of what was spent says ${booked}`];
}

const idsOf = (peers: readonly { id: string }[]): string =>
  peers
    .map(({ id }) => id)
    .sort()
    .join(' ');
