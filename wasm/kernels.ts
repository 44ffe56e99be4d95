/** What src/engine/wasm/kernels.ts calls. */
export { setOffset } from './activations';
export { relaxedOffset } from './dot';
export { decode, pack } from './matrix';
export { follow, lastJob, lead } from './team';

/** How many bytes 32 quantized activations take. */
export { BLOCK as activationBlockBytes } from './activations';
