/** What happens while somebody waits for something else. */
export class News<T> {
  readonly #untold: T[] = [];
  #wake = () => {};

  add(item: T): void {
    this.#untold.push(item);
    this.#wake();
  }

  /** Tells what comes until `work` is done; its result or error is the end. */
  async *during<R>(work: Promise<R>): AsyncGenerator<T, R, void> {
    let done = false;
    const end = () => {
      done = true;
      this.#wake();
    };
    work.then(end, end);
    for (;;) {
      for (let item = this.#untold.shift(); item !== undefined; item = this.#untold.shift()) yield item;
      if (done) return await work;
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
  }
}
