import { relayReadersPerSubnet } from '../../base/limits.ts';
import type { Origin } from '../../network/libp2p/create-relay.ts';
import { subnetOf } from './subnet.ts';

export interface SubnetLimits {
  /** WebSockets and WebTransport sessions at once, from one /24 or /48. */
  readonly connections: number;
  /** Places held at once. */
  readonly reservations: number;
}

/** How much of one thing each subnet holds. */
class Shares {
  readonly #most: number;
  readonly #held = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** The returned function gives it back, once. Undefined where the subnet has enough. */
  take(subnet: string): (() => void) | undefined {
    const held = this.#held.get(subnet) ?? 0;
    if (held >= this.#most) return undefined;
    this.#held.set(subnet, held + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const left = (this.#held.get(subnet) ?? 1) - 1;
      if (left > 0) this.#held.set(subnet, left);
      else this.#held.delete(subnet);
    };
  }
}

/** How much of the relay each subnet has. Of WebSockets the relay sees ports of this machine only; here stands who is behind them. */
export class Admission {
  readonly #limits: SubnetLimits;
  readonly #sockets: Shares;
  readonly #connections: Shares;
  readonly #subnets = new Map<number, string>();

  constructor(limits: SubnetLimits) {
    this.#limits = limits;
    this.#sockets = new Shares(limits.connections + relayReadersPerSubnet);
    this.#connections = new Shares(limits.connections);
  }

  /** For a socket of which nothing is known yet but where it comes from; as `connect`. */
  arrive(address: string): (() => void) | undefined {
    return this.#sockets.take(subnetOf(address));
  }

  /** Takes a connection in; the returned function gives its share back, once. Undefined where its subnet has enough. */
  connect(address: string): { readonly subnet: string; readonly end: () => void } | undefined {
    const subnet = subnetOf(address);
    const end = this.#connections.take(subnet);
    return end && { subnet, end };
  }

  /** `port`: the one of this machine that stands for the connection towards the relay. */
  assign(port: number, subnet: string): void {
    this.#subnets.set(port, subnet);
  }

  release(port: number): void {
    this.#subnets.delete(port);
  }

  mayReserve(from: readonly Origin[], holders: readonly (readonly Origin[])[]): boolean {
    const own = this.#of(from);
    if (own.size === 0) return false;
    for (const subnet of own) {
      const held = holders.filter(each => this.#of(each).has(subnet)).length;
      if (held >= this.#limits.reservations) return false;
    }
    return true;
  }

  #of(origins: readonly Origin[]): Set<string> {
    const subnetsOf = (each: Origin) =>
      typeof each === 'string' ? subnetOf(each) : (this.#subnets.get(each) ?? []);
    return new Set(origins.flatMap(subnetsOf));
  }
}
