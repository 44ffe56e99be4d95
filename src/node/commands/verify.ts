import { availableParallelism } from 'node:os';
import { loadKernels, startThread } from '../../../workers/kernels-node.ts';
import { must } from '../../base/assert.ts';
import { TabmeshError, toRecord } from '../../base/error.ts';
import { seededRandom } from '../../base/random.ts';
import { type ComparedPart, compareEngines } from '../../engine/compare.ts';
import type { Engine } from '../../engine/engine.ts';
import { createWasmEngine } from '../../engine/wasm/wasm-engine.ts';
import { type OpenModel, openModel } from '../../model/open.ts';
import type { SlicePart } from '../../model/slice.ts';
import { SliceLoader } from '../../model/slice-loader.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { nodeEngine } from '../engine.ts';
import { openFile } from '../open-file.ts';
import type { Command } from './command.ts';
import { type DeviceReport, judged, printDevice, printPart, printReport, reportOf } from './verify-report.ts';

const devices = ['webgpu', 'cpu-fast'] as const;
type Device = (typeof devices)[number];

/** As a prompt goes, then as tokens follow: other kernels run for one row than for several. */
const together = 16;
const singles = 4;
/** More gain nothing; other programs want some of the machine, too. */
const threadsMax = 4;

export const verify: Command = {
  usage:
    'verify FILE                          whether the GPU and the fast CPU compute what the exact engine does, layer\n' +
    '                                       by layer; also --device webgpu|cpu-fast. Exit code: 0 yes, 1 no, 2 unknown',
  options: { device: { type: 'string' } },
  failureCode: 2,
  async run({ device, json }, [file], signal) {
    if (file === undefined) throw new TabmeshError('invalid', 'node', 'verify takes a FILE.');
    const asked = readDevice(device);
    const opened = await openModel(await openFile(file), signal);
    const report = reportOf(opened.model, { together, singles });
    if (!json) printReport(report);
    const reference = await nodeEngine('cpu', 'exact', signal);
    const results: DeviceReport[] = [];
    try {
      for (const name of asked === undefined ? devices : [asked]) {
        const trial = { name, asked: asked !== undefined, opened, reference, print: !json, signal };
        const result = await verified(trial);
        results.push(result);
        if (!json) printDevice(result);
      }
    } finally {
      await reference.close();
    }
    if (json) console.log(JSON.stringify({ ...report, devices: results }));
    if (results.some(({ verdict }) => verdict === 'differs')) return 1;
    return results.some(({ verdict }) => verdict === 'failed') ? 2 : 0;
  },
};

function readDevice(value: unknown): Device | undefined {
  const device = devices.find(each => each === value);
  if (device !== undefined || value === undefined) return device;
  throw new TabmeshError('invalid', 'node', `--device takes webgpu or cpu-fast, not "${value}".`);
}

interface Trial {
  readonly name: Device;
  /** By name; else it may be missing. */
  readonly asked: boolean;
  readonly opened: OpenModel;
  readonly reference: Engine;
  readonly print: boolean;
  readonly signal: AbortSignal;
}

/** What fails on the device is part of the report. */
async function verified(trial: Trial): Promise<DeviceReport> {
  const { name, asked, signal } = trial;
  let subject: Engine | undefined;
  try {
    subject = await start(trial);
    const { device } = subject;
    if (name === 'cpu-fast' || device.kind === 'webgpu') return await compared(trial, subject);
    const reason = must(device.note, 'the CPU in the place of a GPU says why');
    return { name, verdict: asked ? 'failed' : 'absent', reason };
  } catch (error) {
    signal.throwIfAborted();
    return { name, verdict: 'failed', reason: toRecord(error, 'node').reason, device: subject?.device };
  } finally {
    await subject?.close();
  }
}

function start({ name, asked, signal }: Trial): Promise<Engine> {
  // A simulated GPU only where it was asked for, as in `run`.
  if (name === 'webgpu')
    return nodeEngine(asked ? 'webgpu' : 'auto', 'exact', signal, { stepsAwaitKernels: true });
  // Not chosen as for a peer: there the reference stands in for what these kernels do not run.
  const threads = Math.min(threadsMax, availableParallelism());
  return createWasmEngine({ load: loadKernels, startThread, threads });
}

async function compared(
  { name, opened: { model, source }, reference, print, signal }: Trial,
  subject: Engine,
): Promise<DeviceReport> {
  const random = seededRandom(1);
  const tokens = Array.from({ length: together + singles }, () =>
    Math.floor(random.next() * model.hyper.vocabulary),
  );
  // A store of its own for each part: of a file on a server it holds this part alone.
  const open = async (part: SlicePart) => {
    const loader = new SliceLoader({ store: createMemoryStore(), source, model });
    await loader.fetch(part, { signal });
    return loader.read;
  };
  const comparison = compareEngines({ reference, subject, model, open, tokens, together, signal });
  const parts: ComparedPart[] = [];
  for (;;) {
    signal.throwIfAborted();
    const { value, done } = await comparison.next();
    if (done) return judged(name, subject.device, model, parts, value);
    if (print) printPart(value, parts.length === 0 ? subject.device : undefined);
    parts.push(value);
  }
}
