/** The state worker of a test: it hangs over one update, as over a flaw in the library that decodes it. */
import { parentPort } from 'node:worker_threads';
import * as Comlink from 'comlink';
import { must } from '../../src/base/assert.ts';
import { carryErrors } from '../../src/engine/remote/errors-over-comlink.ts';
import { toEndpoint } from '../../src/engine/remote/port.ts';
import type { Desk } from '../../src/pod/document/desk.ts';
import { hangsOver } from './hanging-update.ts';
import { testDesk } from './test-documents.ts';

carryErrors();
const desk = testDesk();
const hanging: Desk = {
  ...desk,
  merge: (handle, update) => {
    while (update[0] === hangsOver && update.length === 1);
    return desk.merge(handle, update);
  },
};
Comlink.expose(hanging, toEndpoint(must(parentPort, 'this file is a worker')));
