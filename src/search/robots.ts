/** robots.txt (RFC 9309), as far as a reader of public pages needs it: groups, allow, disallow, sitemaps. */
const ownName = 'tabmesh';

export interface Robots {
  /** As written; those of other origins among them. */
  readonly sitemaps: readonly string[];
  /** Of a path with its query. */
  allows(path: string): boolean;
}

interface Rule {
  readonly allow: boolean;
  readonly path: string;
}

/** Lines that say nothing known, a whole HTML page included, are passed over. */
export function parseRobots(text: string): Robots {
  const groups = new Map<string, Rule[]>();
  const sitemaps: string[] = [];
  let agents: string[] = [];
  let named = false;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, key = '', value = ''] = /^\s*([a-z-]+)\s*:\s*([^#]*)/i.exec(line) ?? [];
    const said = value.trim();
    const kind = key.toLowerCase();
    if (kind === 'sitemap') sitemaps.push(said);
    else if (kind === 'user-agent') {
      agents = named ? [...agents, said.toLowerCase()] : [said.toLowerCase()];
      named = true;
    } else if (kind === 'allow' || kind === 'disallow') {
      named = false;
      if (said === '') continue;
      for (const agent of agents)
        groups.set(agent, [...(groups.get(agent) ?? []), { allow: kind === 'allow', path: said }]);
    }
  }
  const rules = groups.get(ownName) ?? groups.get('*') ?? [];
  return { sitemaps, allows: path => decide(rules, path) };
}

/** The longest rule that fits; of equals the one that allows. */
function decide(rules: readonly Rule[], path: string): boolean {
  let best: Rule = { allow: true, path: '' };
  for (const rule of rules) {
    const longer =
      rule.path.length > best.path.length || (rule.path.length === best.path.length && rule.allow);
    if (longer && fits(rule.path, path)) best = rule;
  }
  return best.allow;
}

/** `*` stands for anything, `$` for the end. Taken piece by piece: a regular expression of many stars could take years. */
function fits(rule: string, path: string): boolean {
  const ends = rule.endsWith('$');
  const [first = '', ...rest] = (ends ? rule.slice(0, -1) : rule).split('*');
  if (!path.startsWith(first)) return false;
  let at = first.length;
  const last = rest.pop();
  for (const piece of rest) {
    const found = path.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  if (last === undefined) return !ends || at === path.length;
  return ends ? path.length - last.length >= at && path.endsWith(last) : path.indexOf(last, at) >= 0;
}
