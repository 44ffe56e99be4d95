/** What `tabmesh verify` says: to a person who looks, and to those who get it with a bug report. */
import { readFileSync } from 'node:fs';
import type { ComparedPart, ComparedTokens } from '../../engine/compare.ts';
import type { DeviceInfo } from '../../engine/engine.ts';
import type { Model, TensorType } from '../../model/model.ts';

export interface Report {
  readonly versions: {
    readonly tabmesh: string;
    readonly node: string;
    readonly dawn: string;
    readonly system: string;
  };
  readonly model: {
    readonly name: string;
    readonly architecture: string;
    readonly layers: number;
    /** Bytes of each tensor type. */
    readonly types: Partial<Record<TensorType, number>>;
  };
  readonly rows: { readonly together: number; readonly singles: number };
}

export interface DeviceReport {
  readonly name: string;
  /** 'absent': there is none here and nobody asked for it. */
  readonly verdict: 'fine' | 'differs' | 'failed' | 'absent';
  /** For people: the verdict and why. */
  readonly reason: string;
  readonly device?: DeviceInfo | undefined;
  /** The largest relative difference that is fine. */
  readonly bound?: number;
  readonly parts?: readonly ComparedPart[];
  readonly tokens?: ComparedTokens;
}

/**
 * Keys and values in f16 make 3e-4 on the fixtures, tiles in f16 (engine/webgpu/tier.ts) should make as much again; large biases
 * (qwen2) may make ten times that. A factor 1.1 in one norm made 0.1.
 */
const floatBound = 5e-3;
/** Activations of 8 bits make 0.005 to 0.022 on the fixtures. */
const roundedBound = 5e-2;

const unquantized: ReadonlySet<TensorType> = new Set(['F32', 'F16', 'BF16']);

/** The CPU's kernels round activations to 8 bits in front of quantized weights. */
function boundOf({ kind }: DeviceInfo, model: Model): number {
  const rounds = kind === 'cpu' && [...model.tensors.values()].some(({ type }) => !unquantized.has(type));
  return rounds ? roundedBound : floatBound;
}

export function judged(
  name: string,
  device: DeviceInfo,
  model: Model,
  parts: readonly ComparedPart[],
  tokens: ComparedTokens,
): DeviceReport {
  const bound = boundOf(device, model);
  const wrong = parts.flatMap(({ part, together, single }) => {
    const ways = [...(over(together, bound) ? ['together'] : []), ...(over(single, bound) ? ['alone'] : [])];
    return ways.length > 0 ? [`${titleOf(part)} (rows ${ways.join(' and ')})`] : [];
  });
  if (tokens.wrong > 0) wrong.push(`the choice of the next token in ${tokens.wrong} rows`);
  const common = { name, device, bound, parts, tokens };
  return wrong.length === 0
    ? { ...common, verdict: 'fine', reason: `Fine: every part is within ${bound} of the exact engine.` }
    : {
        ...common,
        verdict: 'differs',
        reason: `Differs from the exact engine by more than ${bound}: ${wrong.join(', ')}. Report it with all of the above.`,
      };
}

/** What is no number is over every bound. */
const over = ({ relative }: { readonly relative: number }, bound: number): boolean => !(relative <= bound);

export function reportOf(model: Model, rows: Report['rows']): Report {
  const types: Partial<Record<TensorType, number>> = {};
  for (const { type, bytes } of model.tensors.values()) types[type] = (types[type] ?? 0) + bytes;
  const { architecture, layers } = model.hyper;
  return {
    versions: {
      tabmesh: versionIn('../../../package.json'),
      node: process.version,
      dawn: versionIn('../../../node_modules/webgpu/package.json'),
      system: `${process.platform} ${process.arch}`,
    },
    model: { name: model.name, architecture, layers, types },
    rows,
  };
}

const versionIn = (path: string): string =>
  JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version;

export function printReport({ versions, model, rows }: Report): void {
  const types = Object.entries(model.types).map(([type, bytes]) => `${type} ${(bytes / 1e6).toFixed(2)} MB`);
  console.log(
    `Tabmesh ${versions.tabmesh}, Node ${versions.node}, webgpu ${versions.dawn}, ${versions.system}`,
  );
  console.log(`${model.name}: ${model.architecture}, ${model.layers} layers; ${types.join(', ')}`);
  console.log(
    `${rows.together} rows together, then ${rows.singles} alone, of tokens that are always the same`,
  );
}

/** `device` before its first part. */
export function printPart({ part, together, single }: ComparedPart, device: DeviceInfo | undefined): void {
  if (device) {
    console.log(`\n${[device.name, device.adapter].filter(Boolean).join('; ')}`);
    console.log(lineOf('', ['together', 'largest', 'alone', 'largest']));
  }
  const values = [together.relative, together.largest, single.relative, single.largest];
  const numbers = values.map(value => (value === 0 ? '0' : value.toExponential(2)));
  console.log(lineOf(titleOf(part), numbers));
}

export function printDevice({ name, verdict, reason, tokens }: DeviceReport): void {
  if (tokens) console.log(`next token: ${tokens.agreed} of ${tokens.rows} rows agree`);
  console.log(verdict === 'fine' || verdict === 'differs' ? reason : `\n${name}: ${reason}`);
}

const titleOf = (part: ComparedPart['part']): string => (typeof part === 'number' ? `layer ${part}` : part);

const lineOf = (title: string, cells: readonly string[]): string =>
  title.padEnd(12) + cells.map(cell => cell.padStart(11)).join('');
