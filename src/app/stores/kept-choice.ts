/** What a person chose for this browser. Storage may be refused (a private window); then a choice lasts as long as the page. */
export function keptChoice<T extends string>(key: string, known: readonly [T, ...T[]]): T {
  try {
    const value = localStorage.getItem(key);
    return known.find(each => each === value) ?? known[0];
  } catch {
    return known[0];
  }
}

/** `usual` is what holds where nothing is kept. */
export function keepChoice<T extends string>(key: string, value: T, usual: T): void {
  try {
    if (value === usual) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Refused storage: see above.
  }
}
