import type { Route } from './request.ts';

/** Who can read a conversation that takes this route, in a sentence for people: to be said before it is sent. */
export function readersOf({ kind, provider }: Pick<Route, 'kind' | 'provider'>): string {
  switch (kind) {
    case 'device':
      return 'Nobody but you: the text stays on this device.';
    case 'pod':
      return 'Nobody but you reads the text. Members of the pod see the numbers between layers, from which a skilled reader may guess parts of it.';
    case 'guest':
      return `${provider ?? 'The member that answers'} reads the whole conversation. Other members of its pod see the numbers between layers, from which a skilled reader may guess parts of it.`;
    case 'federated':
      return `${provider ?? 'The other pod'}: the peer that answers reads the whole conversation. Other members of its pod see the numbers between layers, from which a skilled reader may guess parts of it.`;
    case 'treasury':
      return `${provider ?? 'The provider'}: the member that pays and the provider that it asks both read the whole conversation.`;
    case 'own-key':
      return `${provider ?? 'The provider'} reads the whole conversation, under the terms that you have with it. Members of the pod see nothing of it.`;
  }
}
