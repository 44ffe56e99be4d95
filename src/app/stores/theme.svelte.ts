export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const key = 'tabmesh-theme';

/** Storage may be refused (a private window); then the choice lasts as long as the page. */
function stored(): Theme {
  try {
    const value = localStorage.getItem(key);
    return themes.find(theme => theme === value) ?? 'system';
  } catch {
    return 'system';
  }
}

class Appearance {
  theme = $state<Theme>(stored());

  constructor() {
    this.#show();
  }

  choose(theme: Theme): void {
    this.theme = theme;
    this.#show();
    try {
      if (theme === 'system') localStorage.removeItem(key);
      else localStorage.setItem(key, theme);
    } catch {
      // Refused storage: see above.
    }
  }

  #show(): void {
    if (this.theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = this.theme;
  }
}

export const appearance = new Appearance();
