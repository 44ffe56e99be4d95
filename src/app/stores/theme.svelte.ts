import { keepChoice, keptChoice } from './kept-choice.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];
export const contrasts = ['system', 'more'] as const;
export type Contrast = (typeof contrasts)[number];

const themeKey = 'tabmesh-theme';
const contrastKey = 'tabmesh-contrast';

class Appearance {
  theme = $state<Theme>(keptChoice(themeKey, themes));
  contrast = $state<Contrast>(keptChoice(contrastKey, contrasts));
  readonly #wantsMore = matchMedia('(prefers-contrast: more)');

  constructor() {
    this.#show();
    this.#wantsMore.addEventListener('change', () => this.#show());
  }

  choose(theme: Theme): void {
    this.theme = theme;
    keepChoice(themeKey, theme, 'system');
    this.#show();
  }

  chooseContrast(contrast: Contrast): void {
    this.contrast = contrast;
    keepChoice(contrastKey, contrast, 'system');
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
