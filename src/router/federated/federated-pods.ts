import type { PodId } from '../../base/brand.ts';
import { isKind, TabmeshError, toError } from '../../base/error.ts';
import {
  federationAskedMax,
  federationAskMs,
  federationTermsMs,
  federationTriesMax,
  handshakeMs,
} from '../../base/limits.ts';
import type { Federation } from '../../pod/federation/federation.ts';
import type { Contact } from '../../pod/pod-message.ts';
import type { Terms } from '../remote/complete-message.ts';
import { askTerms, type FederatedParts } from './ask-terms.ts';

/** What the last one who was asked said of another pod. */
export interface Known {
  readonly terms?: Terms;
  readonly error?: TabmeshError;
  /** Of our statement that was shown. */
  readonly sequence: number;
  readonly at: number;
}

/** The pods that ours is federated with, as places to send a request to. */
export class FederatedPods {
  readonly parts: FederatedParts;
  /** By the offer, so that a new agreement with the same pod begins anew. */
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<void>>();
  readonly #unsubscribe: () => void;
  /** By the offer: what stops the wait for the next try. */
  readonly #waits = new Map<string, () => void>();
  #closed = false;

  constructor(parts: FederatedParts) {
    this.parts = parts;
    // Whoever takes an offer up shows itself at once, so that the other side knows of it too.
    this.#unsubscribe = parts.pod.state.subscribe(() => this.#meet());
  }

  links(): readonly Federation[] {
    return this.parts.pod.state.peek().document?.federations ?? [];
  }

  link(pod: PodId): Federation | undefined {
    return this.links().find(each => each.pod === pod);
  }

  /** What is known now; asked anew in the background where that is old. */
  look(link: Federation): Known | undefined {
    const known = this.#known.get(link.offer);
    if (!known || this.parts.clock.now() - known.at > federationTermsMs) void this.ask(link);
    return known;
  }

  /** Asks who answers there, one after the other and not for long: until then what is known stays as it is. Never rejects. */
  ask(link: Federation): Promise<void> {
    const under = this.#asking.get(link.offer);
    if (under) return under;
    const asking = this.#ask(link).finally(() => {
      this.#asking.delete(link.offer);
      // What was said meanwhile may be another thing.
      this.#meet();
    });
    this.#asking.set(link.offer, asking);
    return asking;
  }

  /** Some of those who were there last, then those that the agreement names: the former may all be gone. */
  contacts(link: Federation): Contact[] {
    const told = this.#known.get(link.offer)?.terms?.contacts ?? [];
    const fresh = told.slice(0, federationTriesMax);
    const known = new Set(fresh.map(({ peer }) => peer));
    return [...fresh, ...link.contacts.filter(({ peer }) => !known.has(peer))];
  }

  close(): void {
    this.#closed = true;
    this.#unsubscribe();
    for (const stop of this.#waits.values()) stop();
  }

  #meet(): void {
    if (this.#closed) return;
    for (const link of this.links()) {
      const known = this.#known.get(link.offer);
      // What was refused may be granted to whom a newer statement names.
      if (!known || (known.error && known.sequence !== link.sequence)) void this.ask(link);
    }
  }

  async #ask(link: Federation): Promise<void> {
    const { pod, clock, self } = this.parts;
    let error = new TabmeshError('unavailable', 'router', 'No address of it is known.');
    let terms: Terms | undefined;
    try {
      const pass = await pod.federation.pass(link.pod);
      if (!pass) throw notNamed();
      const until = clock.now() + federationAskMs;
      const contacts = this.contacts(link).slice(0, federationAskedMax);
      for (const [index, contact] of contacts.entries()) {
        const share = (until - clock.now()) / (contacts.length - index);
        try {
          terms = await askTerms(this.parts, contact, pass, Math.min(handshakeMs, share));
          break;
        } catch (thrown) {
          error = toError(thrown, 'router');
          if (isKind(error, 'denied')) break;
        }
      }
    } catch (thrown) {
      error = toError(thrown, 'router');
    }
    this.#known.set(link.offer, {
      ...(terms ? { terms } : { error }),
      sequence: link.sequence,
      at: clock.now(),
    });
    // The other side does not know of it until it has met the one who agreed here.
    if (!terms && link.signer === self && !this.#closed) this.#askLater(link);
  }

  #askLater({ offer, pod }: Federation): void {
    this.#waits.get(offer)?.();
    const stop = this.parts.clock.after(federationTermsMs, () => {
      this.#waits.delete(offer);
      const link = this.link(pod);
      if (link?.offer === offer) void this.ask(link);
    });
    this.#waits.set(offer, stop);
  }
}

export const notNamed = () =>
  new TabmeshError(
    'denied',
    'router',
    'The other pod has not been told of this peer yet. The admin who agreed with it must be there.',
  );
