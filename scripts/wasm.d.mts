/** Makes wasm/build/*.wasm where that is not newer than its sources. */
export function ensureWasm(): void;
