const windowMs = 10_000;
const leastMs = 3_000;

/** How fast a count has grown of late. What was there when it began came at no speed of now. */
export class Speed {
  readonly #seen: { readonly at: number; readonly done: number }[] = [];

  /** Per second, at `at` milliseconds; undefined until that can be said. A count that fell is another one. */
  at(at: number, done: number): number | undefined {
    const last = this.#seen.at(-1);
    if (last && done < last.done) this.#seen.length = 0;
    this.#seen.push({ at, done });
    while (this.#seen.length > 2 && at - this.#seen[0]!.at > windowMs) this.#seen.shift();
    const [first] = this.#seen;
    const took = at - first!.at;
    return took < leastMs ? undefined : ((done - first!.done) * 1000) / took;
  }
}
