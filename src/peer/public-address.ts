/** Tells a tab behind a router under which address others see it (STUN). Tabs of one machine need none. */
export const publicAddressServer = 'stun:stun.l.google.com:19302';
