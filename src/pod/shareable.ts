import type { ModelId } from '../base/brand.ts';
import { TabmeshError } from '../base/error.ts';
import { isContentId } from './shared-files.ts';

const secretName =
  /token|secret|passw|auth|credential|signature|api-?key|jwt|(^|[-_.])(key|sig|pass|code|session)([-_.]|$)/i;
/** Letters and digits without a word in between: nobody names a file so. */
const secretValue = /^(?=.*\d)(?=.*[a-z])[\w+=-]{24,}$/i;

/** Whether a link carries a password, a key or a signature, which would go to every member. */
function hasSecret(id: ModelId): boolean {
  if (!/^https?:/i.test(id) || !URL.canParse(id)) return false;
  const { username, password, searchParams } = new URL(id);
  const suspicious = [...searchParams].some(
    ([name, value]) => secretName.test(name) || secretValue.test(value),
  );
  return username !== '' || password !== '' || suspicious;
}

/**
 * Whether other members may hear of a model: a dropped file that its owner shares is named by its content, any other is
 * the owner's alone, and a link may hold a secret.
 */
export const isShareable = (id: ModelId): boolean =>
  id.startsWith('file:') ? isContentId(id) : !hasSecret(id);

/** Throws TabmeshError('denied', 'pod') for a link that would tell everybody a secret. */
export function refuseSecret(id: ModelId): void {
  if (!hasSecret(id)) return;
  throw new TabmeshError(
    'denied',
    'pod',
    'This link seems to hold a password or a key, and every member of the pod would be told it. Use a link without, or leave the pod and use it alone.',
  );
}
