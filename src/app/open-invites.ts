import type { KnownInvite } from '../pod/document/view.ts';

/** Whether somebody may still come by it. */
export const isOpen = ({ closed, used, uses, expires }: KnownInvite): boolean =>
  !closed && used < uses && (expires === 0 || expires > Date.now());
