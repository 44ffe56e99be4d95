import { certificateDaysMax } from '../../base/limits.ts';
import type { Store } from '../../store/store.ts';
import { type Certificate, makeCertificate, readCertificate } from './certificate.ts';

const dayMs = 86_400_000;
const lifeMs = certificateDaysMax * dayMs;
/** Both are good for so long around a change, so that clocks may differ. */
const overlapMs = dayMs;
const lookEveryMs = 3_600_000;
const place = 'webtransport-certificates';

/** In the order in which they are shown. Of the one before the present, only the hash is told. */
type Row = readonly [...past: Certificate[], present: Certificate, next: Certificate];

/**
 * The certificate that is shown now and the one after it. An address tells the hashes of both, so it is good for 12 to 26
 * days; they are kept in the store, so a restart changes nothing.
 */
export class Certificates {
  onChange: () => void = () => {};
  readonly #store: Store;
  readonly #today: () => number;
  #row: Row;
  readonly #timer: NodeJS.Timeout;

  /** `today`: ms since 1970. */
  static async open(store: Store, today: () => number): Promise<Certificates> {
    const kept = read(await store.get('keys', place));
    const certificates = new Certificates(store, today, kept ?? firstRow(today()));
    if (!kept) await certificates.#keep();
    await certificates.renew();
    return certificates;
  }

  private constructor(store: Store, today: () => number, row: Row) {
    this.#store = store;
    this.#today = today;
    this.#row = row;
    // What was not kept is tried again with the next look.
    this.#timer = setInterval(() => void this.renew().catch(() => {}), lookEveryMs).unref();
  }

  get present(): Certificate {
    return this.#row.at(-2)!;
  }

  /** SHA-256 of those that a new address tells. */
  get announced(): readonly Uint8Array[] {
    return this.#row.slice(-2).map(({ hash }) => hash);
  }

  /** And of the one that an address still tells which was made before the last change: who dials asks whether it is ours. */
  get own(): readonly Uint8Array[] {
    return this.#row.map(({ hash }) => hash);
  }

  /** Shows the next one where it is time for it. Each is stored before anybody hears of it. */
  async renew(): Promise<void> {
    const before = this.#row;
    const now = this.#today();
    const [present, next] = before.slice(-2) as [Certificate, Certificate];
    if (now < changeAt(present)) return;
    this.#row = now < changeAt(next) ? [present, next, after(next)] : firstRow(now);
    try {
      await this.#keep();
    } catch (error) {
      this.#row = before;
      throw error;
    }
    this.onChange();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #keep(): Promise<void> {
    const said = this.#row.map(({ key, certificate }) => ({ key, certificate }));
    await this.#store.put('keys', place, new TextEncoder().encode(JSON.stringify(said)));
  }
}

const changeAt = ({ until }: Certificate): number => until - overlapMs / 2;

function firstRow(now: number): Row {
  const from = now - overlapMs;
  const present = makeCertificate(from, from + lifeMs);
  return [present, after(present)];
}

function after({ until }: Certificate): Certificate {
  const from = until - overlapMs;
  return makeCertificate(from, from + lifeMs);
}

/** Undefined where there are none that can be used: then new ones are made, and addresses told so far are good no more. */
function read(bytes: Uint8Array | undefined): Row | undefined {
  if (!bytes) return undefined;
  try {
    const said: { key: string; certificate: string }[] = JSON.parse(new TextDecoder().decode(bytes));
    const row = said.map(({ key, certificate }) => readCertificate(key, certificate));
    return row.length === 2 || row.length === 3 ? (row as unknown as Row) : undefined;
  } catch {
    return undefined;
  }
}
