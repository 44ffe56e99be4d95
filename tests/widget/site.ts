/** A documentation site of ten pages about a thing that does not exist, so that no model knows it: strict CSP, dark. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Page {
  readonly title: string;
  readonly sections: readonly (readonly [heading: string, text: string])[];
}

export const pages: Readonly<Record<string, Page>> = {
  index: {
    title: 'Kiln documentation',
    sections: [
      [
        'Kiln',
        'Kiln is a queue for jobs that must run once. It keeps jobs in a single file and needs no server.',
      ],
      ['Where to begin', 'Install it, write a worker, then read about retries before you go to production.'],
    ],
  },
  install: {
    title: 'Install Kiln',
    sections: [
      ['Install', 'Kiln comes as one binary for Linux, macOS and Windows. Put it on your path.'],
      [
        'System requirements',
        'Kiln needs 40 MB of disk and a file system with locks. Network drives are not supported.',
      ],
    ],
  },
  workers: {
    title: 'Workers',
    sections: [
      ['Write a worker', 'A worker takes one job at a time, and says done or failed when it has run.'],
      [
        'Concurrency',
        'Start several workers to run jobs in parallel; the lock file keeps them from taking the same job.',
      ],
    ],
  },
  retries: {
    title: 'Retries',
    sections: [
      [
        'When a job fails',
        'A failed job is tried again after 30 seconds, then after twice as long, five times in all.',
      ],
      [
        'Dead letters',
        'What failed five times is moved to the dead letter shelf, where kiln shelf list shows it.',
      ],
    ],
  },
  schedules: {
    title: 'Schedules',
    sections: [
      [
        'Cron expressions',
        'kiln every "0 4 * * *" runs a job each night at four. Times are UTC unless TZ is set.',
      ],
      ['Missed runs', 'A run that was missed because the machine slept is made up for once.'],
    ],
  },
  backup: {
    title: 'Backup and restore',
    sections: [
      ['Back up the queue', 'kiln snapshot writes a consistent copy of the queue file while workers go on.'],
      ['Restore', 'Stop all workers, put the snapshot in the place of the queue file, and start them again.'],
    ],
  },
  security: {
    title: 'Security',
    sections: [
      [
        'Encryption',
        'Payloads are sealed with AES-GCM. Rotate the key with kiln rekey, which seals all payloads anew.',
      ],
      ['Permissions', 'The queue file belongs to one system user; nobody else can read it.'],
    ],
  },
  metrics: {
    title: 'Metrics',
    sections: [
      ['Prometheus', 'kiln serve --metrics 9100 opens an endpoint that Prometheus scrapes.'],
      ['Alerts', 'Alert on kiln_oldest_job_seconds: it grows when workers stand still.'],
    ],
  },
  migrate: {
    title: 'Migrate from other queues',
    sections: [
      ['From Sidekiq', 'kiln import sidekiq reads the jobs out of Redis and keeps their order.'],
      ['From cron', 'Lines of a crontab become schedules by kiln import crontab.'],
    ],
  },
  pricing: {
    title: 'Licence and price',
    sections: [
      ['Licence', 'Kiln is free under the MIT licence. Support costs 900 euros a year.'],
      ['Refunds', 'Support is paid back within thirty days, no questions asked.'],
    ],
  },
};

/** Question, page that answers it. */
export const questions: readonly (readonly [question: string, page: string])[] = [
  ['How do I rotate the encryption key?', 'security'],
  ['What happens when a job fails five times?', 'retries'],
  ['Can I take a snapshot while workers are running?', 'backup'],
  ['Does it work on a network drive?', 'install'],
  ['How do I import my jobs from Redis?', 'migrate'],
];

const head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">';

const html = (title: string, main: string, extra: string): string => `<!doctype html>
<html lang="en" data-theme="dark"><head>${head}<title>${title}</title><link rel="stylesheet" href="/site.css">${extra}</head>
<body><header><nav>${Object.keys(pages)
  .map(name => `<a href="/${name}.html">${name}</a>`)
  .join(
    ' ',
  )}</nav></header><main>${main}</main><footer>encryption snapshot redis network drive</footer></body></html>`;

const css = `:root{color-scheme:dark}body{margin:0 auto;max-width:720px;padding:16px;background:#101418;color:#e8ecf0;font:16px/1.5 sans-serif}
a{color:#9cd0ff}nav{display:flex;flex-wrap:wrap;gap:8px}`;

export interface SiteOptions {
  /** Of the Tabmesh that serves the widget. */
  readonly widget: string;
  /** Attributes of the script tag; none: the page has no widget. */
  readonly script?: string;
  readonly sitemap?: boolean;
  /** An origin that its pages may frame beside the widget's. */
  readonly frames?: string;
  /** Its policy lets scripts run by this alone, whoever they are from. */
  readonly nonce?: string;
  /** Further files by path. */
  readonly files?: Readonly<Record<string, string>>;
}

export class Site {
  readonly #server: Server;
  /** Paths in the order in which they were asked for. */
  readonly requests: string[] = [];
  options: SiteOptions;

  private constructor(options: SiteOptions) {
    this.options = options;
    this.#server = createServer((request, response) => {
      const [type, body, status] = this.#answer(request);
      // Exactly the lines that docs/widget.md asks for, and nothing inline.
      const widget = new URL(this.options.widget).origin;
      const { nonce, frames = '' } = this.options;
      const scripts = nonce ? `'nonce-${nonce}' 'strict-dynamic'` : `'self' ${widget}`;
      response.writeHead(status, {
        'content-type': `${type}; charset=utf-8`,
        'content-security-policy': `default-src 'none'; style-src 'self'; script-src ${scripts}; frame-src ${widget} ${frames}; connect-src 'self'; require-trusted-types-for 'script'`,
      });
      response.end(body);
    });
  }

  static async start(options: SiteOptions): Promise<Site> {
    const site = new Site(options);
    await new Promise<void>(resolve => site.#server.listen(0, '127.0.0.1', resolve));
    return site;
  }

  /** Another site than 127.0.0.1 to a browser, so that the frame is a third party there. */
  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}/`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer({ url = '/' }: IncomingMessage): readonly [type: string, body: string, status: number] {
    const path = url.split('?')[0]!;
    this.requests.push(path);
    const { widget, script, sitemap = true, files = {} } = this.options;
    const type = path.endsWith('.js')
      ? 'text/javascript'
      : path.endsWith('.css')
        ? 'text/css'
        : path.endsWith('.json')
          ? 'application/json'
          : 'text/html';
    if (path in files) return [type, files[path]!, 200];
    if (path === '/robots.txt') return ['text/plain', 'User-agent: *\nAllow: /\n', 200];
    if (path === '/site.css') return ['text/css', css, 200];
    if (path === '/sitemap.xml' && sitemap) return ['application/xml', this.#sitemap(), 200];
    const name = path === '/' ? 'index' : path.replace(/^\/|\.html$/g, '');
    const page = pages[name];
    if (!page) return ['text/plain', 'nothing here', 404];
    const main = page.sections
      .map(([heading, text], index) => {
        const level = index === 0 ? 1 : 2;
        return `<h${level} id="${idOf(heading)}">${heading}</h${level}><p>${text}</p>`;
      })
      .join('');
    const tag = script === undefined ? '' : `<script async src="${widget}widget.js" ${script}></script>`;
    return ['text/html', html(page.title, main, tag), 200];
  }

  #sitemap(): string {
    const entries = Object.keys(pages).map(name => `<url><loc>${this.url}${name}.html</loc></url>`);
    return `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${entries.join('')}</urlset>`;
  }
}

export const idOf = (heading: string): string => heading.toLowerCase().replace(/\W+/g, '-');
