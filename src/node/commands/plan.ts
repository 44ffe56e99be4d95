import { readFile } from 'node:fs/promises';
import { formatBytes } from '../../base/bytes.ts';
import { TabmeshError } from '../../base/error.ts';
import { contextPositionsMax, planAnswerMs } from '../../base/limits.ts';
import { openModel } from '../../model/open.ts';
import { formatMs } from '../../pod/format-ms.ts';
import { previewPlan } from '../../pod/preview.ts';
import { openFile } from '../open-file.ts';
import type { Command } from './command.ts';
import { readDescribedPod } from './described-pod.ts';
import { numberOption } from './numbers.ts';
import { readToldPlan, type ToldPlan } from './told-plan.ts';

export const plan: Command = {
  usage:
    'plan MODEL --dry-run                 who would hold which layers in the pod of this machine, and why; also\n' +
    '                                       --context N, --url URL of the process, or --pod FILE: a pod as JSON',
  options: {
    'dry-run': { type: 'boolean' },
    context: { type: 'string' },
    url: { type: 'string' },
    pod: { type: 'string' },
  },
  async run(values, [model], signal) {
    if (model === undefined) throw new TabmeshError('invalid', 'node', 'plan takes a MODEL.');
    if (!values['dry-run']) {
      const reason = 'plan only shows: add --dry-run. A plan is applied when the model is served in the pod.';
      throw new TabmeshError('invalid', 'node', reason);
    }
    const context =
      values['context'] === undefined
        ? undefined
        : numberOption(values['context'], 'context', 0, { min: 1, max: contextPositionsMax, whole: true });
    const url = `${values['url'] ?? `http://127.0.0.1:${process.env['PORT'] || 8787}/`}`;
    const shown =
      typeof values['pod'] === 'string'
        ? await ofFile(values['pod'], model, context, signal)
        : await ofProcess(url, model, context, signal);
    if (values['json']) console.log(JSON.stringify(shown.preview));
    else print(shown);
    return shown.preview.plan ? 0 : 1;
  },
};

async function ofFile(
  path: string,
  name: string,
  context: number | undefined,
  signal: AbortSignal,
): Promise<ToldPlan> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new TabmeshError('not-found', 'node', `There is no file ${path} that can be read.`);
  });
  const { spread, members } = readDescribedPod(text);
  const { model } = await openModel(await openFile(name), signal);
  const wish = context === undefined ? {} : { context };
  const preview = previewPlan([{ id: model.id, header: model }], model.id, members, spread, wish);
  return { preview, names: Object.fromEntries(members.map(member => [member.id, member.name])) };
}

async function ofProcess(
  url: string,
  model: string,
  context: number | undefined,
  signal: AbortSignal,
): Promise<ToldPlan> {
  if (!URL.canParse(url)) throw new TabmeshError('invalid', 'node', `--url takes an address, not "${url}".`);
  refuseFile(model);
  const address = new URL('tabmesh/plan', url);
  address.searchParams.set('model', model);
  if (context !== undefined) address.searchParams.set('context', `${context}`);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(planAnswerMs)]);
  const response = await fetch(address, { signal: limit }).catch(error => {
    signal.throwIfAborted();
    const reason = `No Tabmesh process answers at ${url}. Start one with npm start, or describe a pod with --pod FILE.`;
    throw new TabmeshError('unavailable', 'node', reason, { cause: error });
  });
  const told = await readToldPlan(response).catch(cause => {
    signal.throwIfAborted();
    const reason = `${url} broke off in the middle of its answer. Ask again.`;
    throw new TabmeshError('unavailable', 'node', reason, { cause });
  });
  if (told && 'preview' in told) return told;
  const strange = `${url} answers with status ${response.status} and no plan. Is it a Tabmesh process?`;
  throw new TabmeshError(
    response.status === 404 ? 'not-found' : 'unavailable',
    'node',
    told?.reason ?? strange,
  );
}

/** The process reads models by name or address; a path of this shell means nothing to it. */
function refuseFile(model: string): void {
  if (!model.endsWith('.gguf') || /^(https?|hub):/.test(model)) return;
  const reason = `${model} is a file, which the pod of another process cannot open. Name a model that it serves, a URL or hub:OWNER/REPO/FILE, or describe a pod with --pod FILE.`;
  throw new TabmeshError('invalid', 'node', reason);
}

function print({ preview: { plan, problem, outlook }, names }: ToldPlan): void {
  const nameOf = (peer: string) => names[peer] ?? peer.slice(-6);
  const layers = ({ first, last }: { first: number; last: number }) => `${first + 1} to ${last}`;
  if (plan) {
    console.table([
      ...plan.assignments.map(each => ({
        peer: nameOf(each.peer),
        layers: layers(each),
        size: formatBytes(each.bytes),
        'of a token': each.ms === undefined ? 'not measured' : formatMs(each.ms),
        as: 'its part',
      })),
      ...plan.standbys.map(each => ({
        peer: nameOf(each.peer),
        layers: layers(each),
        size: formatBytes(each.bytes),
        'of a token': '',
        as: 'a copy',
      })),
    ]);
    console.log(plan.explanation.join('\n'));
  } else console.log(problem?.reason ?? 'There is no plan.');
  if (outlook.length > 0) console.log(`\n${outlook.join('\n')}`);
}
