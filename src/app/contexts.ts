/** Positions that plans may keep room for; 0: as they usually do. */
export const contexts: readonly number[] = [0, 1024, 4096, 16_384, 65_536];
