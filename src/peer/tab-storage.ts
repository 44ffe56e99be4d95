/**
 * What this tab finds again after a reload. Browsers refuse it where site data is blocked, and where it is more than they grant; then it
 * lasts as long as the page.
 */
export interface TabStorage {
  get(key: string): string | undefined;
  /** Answers whether a reload would find it. */
  set(key: string, value: string): boolean;
  remove(key: string): void;
}

const ofThisPage = new Map<string, string>();

export const tabStorage: TabStorage = {
  get: key => ofThisPage.get(key) ?? fromSession(key),
  set(key, value) {
    tabStorage.remove(key);
    try {
      sessionStorage.setItem(key, value);
      return true;
    } catch {
      ofThisPage.set(key, value);
      return false;
    }
  },
  remove(key) {
    ofThisPage.delete(key);
    try {
      sessionStorage.removeItem(key);
    } catch {
      // Refused: nothing is there.
    }
  },
};

function fromSession(key: string): string | undefined {
  try {
    return sessionStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}
