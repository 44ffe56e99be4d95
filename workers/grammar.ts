/** The grammar worker of browsers: started for the first answer that is held to a form. */
import { serveGrammars } from '../src/router/grammar/grammar-service.ts';

serveGrammars(self as unknown as MessagePort);
