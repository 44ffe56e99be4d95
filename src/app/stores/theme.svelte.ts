export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];
export const contrasts = ['system', 'more'] as const;
export type Contrast = (typeof contrasts)[number];

const themeKey = 'tabmesh-theme';
const contrastKey = 'tabmesh-contrast';

/** Storage may be refused (a private window); then the choice lasts as long as the page. */
function stored<T extends string>(key: string, known: readonly T[]): T {
  try {
    const value = localStorage.getItem(key);
    return known.find(each => each === value) ?? known[0]!;
  } catch {
    return known[0]!;
  }
}

function keep(key: string, value: string): void {
  try {
    if (value === 'system') localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Refused storage: see above.
  }
}

class Appearance {
  theme = $state<Theme>(stored(themeKey, themes));
  contrast = $state<Contrast>(stored(contrastKey, contrasts));
  readonly #wantsMore = matchMedia('(prefers-contrast: more)');

  constructor() {
    this.#show();
    this.#wantsMore.addEventListener('change', () => this.#show());
  }

  choose(theme: Theme): void {
    this.theme = theme;
    keep(themeKey, theme);
    this.#show();
  }

  chooseContrast(contrast: Contrast): void {
    this.contrast = contrast;
    keep(contrastKey, contrast);
    this.#show();
  }

  #show(): void {
    const { dataset } = document.documentElement;
    if (this.theme === 'system') delete dataset['theme'];
    else dataset['theme'] = this.theme;
    if (this.contrast === 'more' || this.#wantsMore.matches) dataset['contrast'] = 'more';
    else delete dataset['contrast'];
  }
}

export const appearance = new Appearance();
