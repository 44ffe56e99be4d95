interface Latest<Head, Made> {
  /** Until a head is handed it. */
  readonly row?: Float32Array;
  /** That was handed the row, or made something of it in advance. */
  readonly head?: Head;
  readonly made?: Made;
}

/**
 * Which session's next row a head will be handed: that of a session whose latest row it was handed. So what the head makes of
 * it can come back with the row, and rows that go to other peers never cost a head's work. Being wrong costs time alone:
 * what was made goes by the bits of its row.
 */
export class ExpectedRows<Head, Made> {
  readonly #latest = new Map<object, Latest<Head, Made>>();

  open(session: object): void {
    this.#latest.set(session, {});
  }

  close(session: object): void {
    this.#latest.delete(session);
  }

  /** The head that this session's next row is for, where that is known; asked once for each row. */
  expectedBy(session: object): Head | undefined {
    const { row, head } = this.#latest.get(session) ?? {};
    if (row || !head) return undefined;
    this.#latest.set(session, {});
    return head;
  }

  /** A stage gives `row`, which is not changed any more, and what `head` made of it already. */
  give(session: object, row: Float32Array, ahead?: { readonly head: Head; readonly made: Made }): void {
    // What was under way when the session was closed.
    if (this.#latest.has(session)) this.#latest.set(session, { row, ...ahead });
  }

  /** `head` is handed `row`: answers what it made of it already. */
  take(head: Head, row: Float32Array): Made | undefined {
    for (const [session, latest] of this.#latest) {
      if (!latest.row || !sameBits(latest.row, row)) continue;
      this.#latest.set(session, { head });
      return latest.head === head ? latest.made : undefined;
    }
    return undefined;
  }

  /** The head is gone. */
  leave(head: Head): void {
    for (const [session, latest] of this.#latest) if (latest.head === head) this.#latest.set(session, {});
  }
}

function sameBits(a: Float32Array, b: Float32Array): boolean {
  if (a.length !== b.length) return false;
  const [left, right] = [a, b].map(row => new Uint32Array(row.buffer, row.byteOffset, row.length));
  return left!.every((word, index) => word === right![index]);
}
