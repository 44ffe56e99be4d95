/** Finds the end of a JSON object in text that comes in pieces. */
export class JsonEnd {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #ended = false;

  get ended(): boolean {
    return this.#ended;
  }

  /** How many characters of `text` belong to the object. */
  push(text: string): number {
    for (let at = 0; at < text.length; at++) {
      if (this.#ended) return at;
      const unit = text[at]!;
      if (this.#escaped) this.#escaped = false;
      else if (this.#inString) {
        this.#escaped = unit === '\\';
        this.#inString = unit !== '"';
      } else if (unit === '"') this.#inString = true;
      else if (unit === '{') this.#depth++;
      else if (unit === '}') this.#ended = --this.#depth === 0;
    }
    return text.length;
  }
}
