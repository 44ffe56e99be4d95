import { subnetOf } from './subnet.ts';

export interface SubnetLimits {
  /** Open at once, from one /24 or /48. */
  readonly connections: number;
  /** Places held at once. */
  readonly reservations: number;
}

/** How much of the relay each subnet has. The relay sees ports of this machine only; here stands who is behind them. */
export class Admission {
  readonly #limits: SubnetLimits;
  readonly #connections = new Map<string, number>();
  readonly #subnets = new Map<number, string>();

  constructor(limits: SubnetLimits) {
    this.#limits = limits;
  }

  /** Takes a connection in; the returned function gives its share back, once. Undefined where its subnet has enough. */
  connect(address: string): { readonly subnet: string; readonly end: () => void } | undefined {
    const subnet = subnetOf(address);
    const count = this.#connections.get(subnet) ?? 0;
    if (count >= this.#limits.connections) return undefined;
    this.#connections.set(subnet, count + 1);
    let ended = false;
    const end = () => {
      if (ended) return;
      ended = true;
      const left = (this.#connections.get(subnet) ?? 1) - 1;
      if (left > 0) this.#connections.set(subnet, left);
      else this.#connections.delete(subnet);
    };
    return { subnet, end };
  }

  /** `port`: the one of this machine that stands for the connection towards the relay. */
  assign(port: number, subnet: string): void {
    this.#subnets.set(port, subnet);
  }

  release(port: number): void {
    this.#subnets.delete(port);
  }

  mayReserve(ports: readonly number[], holders: readonly (readonly number[])[]): boolean {
    const own = this.#of(ports);
    if (own.size === 0) return false;
    for (const subnet of own) {
      const held = holders.filter(each => this.#of(each).has(subnet)).length;
      if (held >= this.#limits.reservations) return false;
    }
    return true;
  }

  #of(ports: readonly number[]): Set<string> {
    return new Set(ports.flatMap(port => this.#subnets.get(port) ?? []));
  }
}
