/** The state worker of browsers: what other members send of a pod's document is decoded and checked here. */
import * as Comlink from 'comlink';
import * as web from 'loro-crdt/web';
import wasm from 'loro-crdt/web/loro_wasm_bg.wasm?url';
import { carryErrors } from '../src/engine/remote/errors-over-comlink.ts';
import { publicKeyOf } from '../src/network/public-key.ts';
import { createDesk } from '../src/pod/document/desk.ts';
import type { Loro } from '../src/pod/document/keeper.ts';

carryErrors();
/** Its types name neither the function that loads it, nor that its classes are those of the package. */
const loro = web as unknown as Loro & { default(place: { module_or_path: string }): Promise<unknown> };
let loaded: Promise<unknown> | undefined;
const load = async (): Promise<Loro> => {
  await (loaded ??= loro.default({ module_or_path: wasm }));
  return loro;
};
Comlink.expose(createDesk(load, publicKeyOf));
