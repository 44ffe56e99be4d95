import * as Comlink from 'comlink';
import { type ErrorRecord, fromRecord, TabmeshError, toRecord } from '../../base/error.ts';

type Thrown = { readonly value: unknown };
type Crossing = { readonly record: ErrorRecord } | { readonly other: unknown };

/**
 * Comlink carries an error's name, message and stack alone. A TabmeshError has to arrive whole, because callers act on its
 * kind; all other errors go comlink's own way. Both sides of a port import this.
 */
export function carryErrors(): void {
  if (carried) return;
  carried = true;
  const builtIn = Comlink.transferHandlers.get('throw') as Comlink.TransferHandler<Thrown, unknown>;
  const handler: Comlink.TransferHandler<Thrown, Crossing> = {
    canHandle: builtIn.canHandle,
    serialize(thrown) {
      if (thrown.value instanceof TabmeshError) return [{ record: toRecord(thrown.value, 'engine') }, []];
      const [other, transfer] = builtIn.serialize(thrown);
      return [{ other }, transfer];
    },
    deserialize(crossing) {
      if ('record' in crossing) throw fromRecord(crossing.record);
      return builtIn.deserialize(crossing.other);
    },
  };
  Comlink.transferHandlers.set('throw', handler);
}
let carried = false;
