/** How much room the browser grants, and whether it keeps its word. */
class Storage {
  used = $state<number>();
  quota = $state<number>();
  /** 'asked': the browser was asked, and does not promise it. */
  persistent = $state<'yes' | 'no' | 'asked' | 'unknown'>('unknown');

  /** Undefined where the browser does not tell. */
  get free(): number | undefined {
    return this.quota === undefined || this.used === undefined ? undefined : this.quota - this.used;
  }

  async look(): Promise<void> {
    const { usage, quota } = await navigator.storage.estimate().catch((): StorageEstimate => ({}));
    this.used = usage;
    this.quota = quota;
    if (this.persistent === 'asked') return;
    this.persistent = await navigator.storage.persisted().then(
      kept => (kept ? 'yes' : 'no'),
      () => 'unknown',
    );
  }

  /** On a tap: browsers ask the person, or decide by how the page is used. */
  async persist(): Promise<void> {
    this.persistent = (await navigator.storage.persist().catch(() => false)) ? 'yes' : 'asked';
  }
}

export const storage = new Storage();
