/** Of Chromium alone (https://developer.mozilla.org/docs/Web/API/BeforeInstallPromptEvent), so TypeScript does not know it. */
interface InstallPrompt extends Event {
  prompt(): Promise<{ readonly outcome: 'accepted' | 'dismissed' }>;
}

/** Whether this page can be installed as an app, and how. */
class Install {
  #prompt = $state.raw<InstallPrompt>();
  #installed = $state(runsInstalled());
  readonly #byShare = isApplePhone();

  /** 'button': the browser asks on a tap. 'share': it is done in the browser's own menu. Undefined: installed, or not offered. */
  get way(): 'button' | 'share' | undefined {
    if (this.#installed) return undefined;
    if (this.#prompt) return 'button';
    return this.#byShare ? 'share' : undefined;
  }

  /** From the first moment on: the browser offers it once, and by itself where nobody listens. */
  listen(): void {
    addEventListener('beforeinstallprompt', event => {
      event.preventDefault();
      this.#prompt = event as InstallPrompt;
    });
    addEventListener('appinstalled', () => {
      this.#installed = true;
    });
  }

  /** On a tap. An offer holds for one answer; the browser may make another later. */
  async ask(): Promise<void> {
    const prompt = this.#prompt;
    this.#prompt = undefined;
    await prompt?.prompt();
  }
}

const runsInstalled = (): boolean =>
  matchMedia('(display-mode: standalone)').matches ||
  // Safari's own word for it.
  (navigator as { standalone?: boolean }).standalone === true;

/** An iPad calls itself a Mac, which has no touch screen. */
const isApplePhone = (): boolean =>
  /iPhone|iPad|iPod/.test(navigator.userAgent) ||
  (navigator.userAgent.includes('Macintosh') && navigator.maxTouchPoints > 1);

export const install = new Install();
