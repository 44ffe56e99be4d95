import { isKind } from '../base/error.ts';
import { parseModelRef } from './model-ref.ts';
import { modelName, parseShardName } from './shards.ts';

/** A model of the Hub: one file, or all parts of one that is cut into several. */
export interface HubFile {
  /** `hub:OWNER/REPO/FILE`, of the first part. */
  readonly ref: string;
  /** Without the ending and the number of the part. */
  readonly name: string;
  /** As the name says it: "Q4_K_M". */
  readonly quantization?: string;
  /** False where the name tells of a number format that Tabmesh cannot compute. The header says it for sure. */
  readonly readable: boolean;
  readonly bytes: number;
  readonly parts: number;
}

export interface ListedFile {
  readonly path: string;
  readonly size: number;
}

/** Picture encoders and measurements of importance lie beside models in the same format. */
const besideModels = /(^|[-_.])(mmproj|imatrix)/i;

const quantizations =
  /(?:^|[-._])((?:I?Q[1-9](?:_[0-9A-Z]+)*)|TQ[12]_0|MXFP4(?:_MOE)?|BF16|FP?16|FP?32)(?=$|[-._])/gi;

/** What is on the way is left out: a model of which a part is missing, and names that no address can hold. */
export function modelFiles(repository: string, listed: readonly ListedFile[]): HubFile[] {
  const models = new Map<string, { parts: number; files: ListedFile[] }>();
  for (const file of listed) {
    const name = file.path.split('/').at(-1)!;
    if (!/\.gguf$/i.test(name) || besideModels.test(name)) continue;
    const shard = parseShardName(file.path);
    const key = shard ? `${shard.model}\n${shard.parts}` : file.path;
    const model = models.get(key) ?? { parts: shard?.parts ?? 1, files: [] };
    model.files.push(file);
    models.set(key, model);
  }
  return [...models.values()]
    .filter(({ parts, files }) => files.length === parts)
    .flatMap(({ parts, files }) => describe(repository, parts, files) ?? [])
    .sort((a, b) => a.bytes - b.bytes || (a.ref < b.ref ? -1 : 1));
}

function describe(repository: string, parts: number, files: readonly ListedFile[]): HubFile | undefined {
  const first = [...files].sort((a, b) => (a.path < b.path ? -1 : 1))[0]!;
  const ref = `hub:${repository}/${first.path}`;
  if (!isAddress(ref)) return undefined;
  const name = modelName(first.path.split('/').at(-1)!);
  const quantization = [...name.matchAll(quantizations)].at(-1)?.[1]?.toUpperCase();
  return {
    ref,
    name,
    ...(quantization ? { quantization } : {}),
    readable: quantization === undefined || isReadable(quantization),
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    parts,
  };
}

/** What tensor-type.ts has no layout of. */
const isReadable = (quantization: string) => !/^(IQ|TQ|MXFP|Q[1-3])/.test(quantization);

function isAddress(ref: string): boolean {
  try {
    return parseModelRef(ref).id === ref;
  } catch (error) {
    if (isKind(error, 'invalid')) return false;
    throw error;
  }
}
