/** The state worker of Node. */
import { parentPort } from 'node:worker_threads';
import * as Comlink from 'comlink';
import { must } from '../src/base/assert.ts';
import { carryErrors } from '../src/engine/remote/errors-over-comlink.ts';
import { toEndpoint } from '../src/engine/remote/port.ts';
import { publicKeyOf } from '../src/network/public-key.ts';
import { createDesk } from '../src/pod/document/desk.ts';

carryErrors();
const port = toEndpoint(must(parentPort, 'this file is a worker'));
Comlink.expose(
  createDesk(() => import('loro-crdt'), publicKeyOf),
  port,
);
