/** The loader's own styles, adopted: a page whose policy allows no inline styles takes them all the same. */
const css = `
:host { --accent: var(--tabmesh-accent, light-dark(#0a5550, #66d3c8)); --on-accent: var(--tabmesh-on-accent, light-dark(#fff, #06201e));
  --raised: var(--tabmesh-raised, light-dark(#fff, #1f1d1b)); --line: var(--tabmesh-line, light-dark(#dcd8d2, #3a3733));
  --text: var(--tabmesh-text, light-dark(#1d1b18, #f0ede8)); font: 15px/1.5 var(--tabmesh-font, system-ui, sans-serif) }
* { box-sizing: border-box }
[hidden] { display: none !important }
.light { color-scheme: light }
.dark { color-scheme: dark }
button { font: inherit; font-weight: 550; cursor: pointer; border-radius: 6px }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
.open { min-height: 44px; padding: 4px 20px; border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent) }
.side .open, .side .panel { position: fixed; z-index: var(--tabmesh-layer, 1000); bottom: 16px; right: 16px }
.side.left .open, .side.left .panel { right: auto; left: 16px }
.side .open { border-radius: 22px; box-shadow: 0 4px 16px rgb(0 0 0 / 24%) }
.inline .open { width: 100% }
.panel { display: flex; flex-direction: column; overflow: hidden; border: 1px solid var(--line); border-radius: 12px;
  background: var(--raised); color: var(--text) }
.side .panel { top: 16px; width: min(420px, 100vw - 32px); box-shadow: 0 8px 32px rgb(0 0 0 / 28%) }
.inline .panel { height: var(--tabmesh-height, 560px) }
.header { display: flex; align-items: center; gap: 8px; padding: 4px 4px 4px 16px; border-bottom: 1px solid var(--line) }
h2 { flex: 1; margin: 0; font-size: 15px; font-weight: 600 }
.header button { min-width: 40px; min-height: 40px; border: 0; background: none; color: inherit; font-size: 20px; line-height: 1 }
progress { width: auto; margin: 16px; accent-color: var(--accent) }
iframe { flex: 1; width: 100%; min-height: 0; border: 0; background: var(--raised) }
.problem { margin: 0; padding: 16px }
@media (max-width: 480px) { .side .panel, .side.left .panel { inset: 0; width: auto; border: 0; border-radius: 0 } }
`;

export function adoptSheet(root: ShadowRoot): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
}
