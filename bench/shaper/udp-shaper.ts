/** A network between two programs of this machine: what they send each other over UDP comes late, jitters, and is lost by a seed. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';
import { type Random, seededRandom } from '../../src/base/random.ts';

export interface Conditions {
  readonly oneWayMs: number;
  /** Added to each packet's delay, up to this; packets that it lets overtake each other arrive so. */
  readonly jitterMs?: number;
  /** Of all packets, each way. */
  readonly loss?: number;
}

export class UdpShaper {
  readonly #random: Random;
  readonly #doors = new Map<string, Promise<Socket>>();
  readonly #sockets: Socket[] = [];
  #conditions: Conditions = { oneWayMs: 0 };
  #passed = 0;
  #lost = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** Packets so far, both ways. */
  get counts(): { readonly passed: number; readonly lost: number } {
    return { passed: this.#passed, lost: this.#lost };
  }

  set(conditions: Conditions): void {
    this.#conditions = conditions;
  }

  /** The port, at the same address, that leads to `port`. Only addresses of this machine can be bound, so it leads nowhere else. */
  async doorTo(address: string, port: number): Promise<number> {
    if (!isIPv4(address)) throw new Error(`${address} is no IPv4 address.`);
    const key = `${address}:${port}`;
    const door = this.#doors.get(key) ?? this.#openDoor(address, port);
    this.#doors.set(key, door);
    return (await door).address().port;
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
    this.#sockets.length = 0;
  }

  /** Each sender is seen by the receiver under a port of its own, as behind a router, so that answers find their way back. */
  async #openDoor(address: string, port: number): Promise<Socket> {
    const door = await this.#bind(address);
    const exits = new Map<number, Promise<Socket>>();
    const openExit = async (sender: RemoteInfo) => {
      const exit = await this.#bind(address);
      exit.on('message', bytes => this.#pass(bytes, door, sender.port, sender.address));
      return exit;
    };
    door.on('message', (bytes, sender) => {
      const exit = exits.get(sender.port) ?? openExit(sender);
      exits.set(sender.port, exit);
      void exit.then(socket => this.#pass(bytes, socket, port, address));
    });
    return door;
  }

  async #bind(address: string): Promise<Socket> {
    const socket = createSocket('udp4');
    this.#sockets.push(socket);
    socket.bind(0, address);
    await once(socket, 'listening');
    return socket;
  }

  #pass(bytes: Buffer, from: Socket, port: number, address: string): void {
    const { oneWayMs, jitterMs = 0, loss = 0 } = this.#conditions;
    if (this.#random.next() < loss) {
      this.#lost++;
      return;
    }
    this.#passed++;
    const send = () => {
      if (this.#sockets.includes(from)) from.send(bytes, port, address);
    };
    setTimeout(send, oneWayMs + jitterMs * this.#random.next());
  }
}
