/** A member hands on what it may spend of a payer's money. */
import * as v from 'valibot';
import type { PeerId } from '../base/brand.ts';
import { amountSchema, type Period } from './budget.ts';

/** The holder moves what it has not spent of this period to another; the key is the payer's id. */
export const transferSchema = v.strictObject({
  to: v.pipe(
    v.string(),
    v.nonEmpty(),
    v.maxLength(128),
    v.transform(id => id as PeerId),
  ),
  amount: v.pipe(amountSchema, v.minValue(1)),
  period: v.pipe(
    v.string(),
    v.regex(/^(all|\d{4}-\d\d(-\d\d)?)$/),
    v.transform(period => period as Period),
  ),
});
export type Transfer = v.InferOutput<typeof transferSchema>;

export interface Made extends Transfer {
  readonly from: PeerId;
}
