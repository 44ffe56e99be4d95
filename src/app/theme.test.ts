import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { colourNames } from './colours.ts';

const css = readFileSync(new URL('./theme.css', import.meta.url), 'utf8');
const themes = ['light', 'dark'] as const;

type Colour = readonly [number, number, number];

/** Linear light from `--NAME: light-dark(#rrggbb, #rrggbb)`. */
function token(name: string, theme: (typeof themes)[number]): Colour {
  const pair = css.match(new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`));
  if (!pair) throw new Error(`theme.css has no pair of colours for --${name}`);
  const hex = pair[theme === 'light' ? 1 : 2]!;
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

/** WCAG 2.2, relative luminance and contrast ratio. */
const luminance = ([r, g, b]: Colour): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;
function contrast(a: Colour, b: Colour): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Ottosson's OKLab, in which 0.02 is a just noticeable difference. */
function lab([r, g, b]: Colour): Colour {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** Machado, Oliveira and Fernandes 2009, severity 1.0, as row-major 3 x 3. */
const sights = {
  full: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

function seen(colour: Colour, sight: readonly number[]): Colour {
  const row = (at: number) =>
    Math.max(0, sight[at]! * colour[0] + sight[at + 1]! * colour[1] + sight[at + 2]! * colour[2]);
  return lab([row(0), row(3), row(6)]);
}

test.each(themes)('%s: text has AAA contrast, controls and tiles have AA', theme => {
  const grounds = ['ground', 'raised', 'sunken'];
  const pairs: [string, string, number][] = [
    ...grounds.flatMap((ground): [string, string, number][] => [
      ['text', ground, 7],
      ['muted', ground, 7],
      ['accent', ground, 7],
    ]),
    ['accent', 'accent-ground', 4.5],
    ['on-accent', 'accent', 7],
    ['danger', 'danger-ground', 7],
    ['control-line', 'raised', 3],
    ['control-line', 'ground', 3],
    ...colourNames.flatMap((_, index) =>
      grounds.map((ground): [string, string, number] => [`peer-${index}`, ground, 3]),
    ),
  ];
  const poor = pairs
    .map(([front, back, least]) => ({
      front,
      back,
      least,
      is: contrast(token(front, theme), token(back, theme)),
    }))
    .filter(({ is, least }) => is < least);
  expect(poor).toEqual([]);
});

test.each(themes)('%s: peer colours stay apart, also under colour blindness', theme => {
  const colours = colourNames.map((_, index) => token(`peer-${index}`, theme));
  const close: string[] = [];
  for (const [sight, matrix] of Object.entries(sights))
    for (let a = 0; a < colours.length; a++)
      for (let b = 0; b < a; b++) {
        const [x, y] = [seen(colours[a]!, matrix), seen(colours[b]!, matrix)];
        const distance = Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
        // Two just noticeable differences where sight is reduced: the patterns do the rest.
        if (distance < (sight === 'full' ? 0.1 : 0.04))
          close.push(`${sight}: ${colourNames[a]} and ${colourNames[b]}, ${distance.toFixed(3)}`);
      }
  expect(close).toEqual([]);
});

test('every peer colour has a pattern of its own', () => {
  const mosaic = readFileSync(new URL('./mosaic.css', import.meta.url), 'utf8');
  const patterns = colourNames.map((_, index) => {
    const rule = mosaic.match(new RegExp(`\\.colour-${index} \\{([^}]*)\\}`))?.[1];
    expect(rule).toContain(`var(--peer-${index})`);
    return rule!.replace(/--tile:[^;]*;/, '').trim();
  });
  expect(new Set(patterns).size).toBe(colourNames.length);
});
