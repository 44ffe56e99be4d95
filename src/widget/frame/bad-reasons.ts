/** Why an answer did not help, as the site is told. */
export const badReasons = ['other-pages', 'wrong', 'outdated', 'unclear'] as const;
export type BadReason = (typeof badReasons)[number];
