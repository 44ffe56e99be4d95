/** The grammar worker of Node. */
import { parentPort } from 'node:worker_threads';
import { must } from '../src/base/assert.ts';
import { serveGrammars } from '../src/router/grammar/grammar-service.ts';

serveGrammars(must(parentPort, 'this file is a worker'));
