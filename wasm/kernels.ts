/** What src/engine/wasm/kernels.ts calls. */
import { setOffset } from './activations';
import { writeConstants } from './constants';

export { offsetOfBytes } from './dot';
export { decode, pack } from './matrix';
export { follow, lastJob, lead } from './team';

/** How many bytes 32 quantized activations take. */
export { BLOCK as activationBlockBytes } from './activations';

/** Before anything else, and again once `offsetOfBytes` is known. */
export function prepare(offset: i32): void {
  setOffset(offset);
  writeConstants();
}
