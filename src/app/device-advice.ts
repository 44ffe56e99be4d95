import type { DeviceInfo } from '../engine/engine.ts';
import type { Member } from '../pod/member.ts';
import type { Plan } from '../pod/plan.ts';
import { words } from './strings.ts';

interface Offered {
  /** Of all layers and the head. */
  readonly wholeBytes: number;
  readonly device: DeviceInfo | undefined;
  readonly self: Pick<Member, 'memoryBytes'> | undefined;
  /** Whether nobody else could hold a part of it. */
  readonly alone: boolean;
  /** As the pod would have it, where it could. */
  readonly plan: Plan | undefined;
}

/** What this device lacks for a model and what that means, and how fast it would be by what was measured; before anything is fetched. */
export function deviceAdvice({ wholeBytes, device, self, alone, plan }: Offered): string {
  const say = words.models.device;
  const tokenMs = plan?.forecast?.tokenMs;
  const sentences: string[] = [];
  if (device?.kind === 'cpu') sentences.push(say.cpu(device.note));
  if (device?.halves === false) sentences.push(say.noHalves);
  if (self && self.memoryBytes < wholeBytes) sentences.push(say.memory(wholeBytes, self.memoryBytes, alone));
  if (tokenMs !== undefined) sentences.push(say.speed(1000 / tokenMs));
  else if (device?.kind === 'cpu' && plan) sentences.push(say.unmeasured);
  return sentences.join(' ');
}
