import { TabmeshError } from '../../base/error.ts';
import type { CompletionRequest } from '../request.ts';

/** What is held on the pod's own models only; a provider that was not told of it would answer as if nobody had asked. */
export function formRefusal(name: string, request: CompletionRequest): TabmeshError | undefined {
  const { tools, format, bias, messages, penalties } = request;
  const isPenalized =
    penalties !== undefined &&
    (penalties.frequency !== 0 || penalties.presence !== 0 || penalties.repetition !== 1);
  const hasCalls = messages.some(({ role, toolCalls }) => role === 'tool' || toolCalls !== undefined);
  if (!tools?.length && !format && !bias?.length && !isPenalized && !hasCalls) return undefined;
  return new TabmeshError(
    'unsupported',
    'router',
    `${name} is not asked for tools, JSON, biases or penalties yet. Ask without them, or ask a model of the pod.`,
  );
}
