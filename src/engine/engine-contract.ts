import { describe, test } from 'vitest';
import type { Engine } from './engine.ts';
import { engineContractCases } from './engine-contract-cases.ts';

/** Called by the test file of each engine; see engineContractCases. */
export function runEngineContract(
  name: string,
  create: (memoryBytes?: number) => Promise<Engine> | Engine,
  tolerance: number,
): void {
  describe(`${name} keeps the contract of engines`, () => {
    for (const { name: promise, run } of engineContractCases(create, tolerance)) test(promise, run);
  });
}
