import type { HostTheme } from './host.ts';

/** What is no colour is left as it is: the host's values go nowhere but into these properties. */
export function wearTheme({ dark, colours }: HostTheme): void {
  const { dataset, style } = document.documentElement;
  dataset['theme'] = dark ? 'dark' : 'light';
  for (const [name, value] of Object.entries(colours))
    if (CSS.supports('color', value)) style.setProperty(`--${name}`, value);
}
