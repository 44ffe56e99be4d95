/** `npm start` */
import { TabmeshError, toError } from '../base/error.ts';
import { embeddedModel } from '../peer/embedded.ts';
import { dataFolder } from './data-folder.ts';
import { startServer } from './server.ts';

const { env } = process;

function readPort(text: string | undefined): number {
  const port = Number(text || 8787);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new TabmeshError('invalid', 'node', `PORT must be a whole number from 0 to 65535, not "${text}".`);
}

function readAllowMachines(text: string | undefined): boolean {
  if (!text) return false;
  if (text === 'all') return true;
  throw new TabmeshError('invalid', 'node', `ALLOW_MACHINES may be all, or not set; it is "${text}".`);
}

try {
  const allowMachines = readAllowMachines(env['ALLOW_MACHINES']);
  const server = await startServer({
    host: env['HOST'] || '127.0.0.1',
    port: readPort(env['PORT']),
    dataFolder: dataFolder(),
    device: 'auto',
    allowOrigins: (env['ALLOW_ORIGINS'] ?? '').split(',').filter(Boolean),
    allowMachines,
  });
  const body = JSON.stringify({
    model: embeddedModel.name,
    messages: [{ role: 'user', content: 'What is a pod?' }],
  });
  const relays = server.peer.network.settings.peek().relays.length;
  const device = server.peer.device.peek();
  console.log(`Tabmesh is running.

  Open    ${server.url}
          in two tabs or more: they share the layers of the model "${embeddedModel.name}" with this process.
  Ask     curl ${server.url}v1/chat/completions -H 'content-type: application/json' -d '${body}'
  For     ${allowMachines ? 'questions of EVERY machine that reaches this port (ALLOW_MACHINES=all)' : 'questions of this machine only (ALLOW_MACHINES=all lets others ask too)'}
  Device  ${device.name}${device.note ? `. ${device.note}` : ''}
  Data    ${dataFolder()}
  Relays  ${relays > 0 ? `${relays} named` : 'none named'} (npm run --silent tabmesh -- network)

Ctrl-C stops it.`);

  const stop = async (): Promise<void> => {
    // A second Ctrl-C ends it at once.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
    console.log('\nStopping: saying goodbye to the pod.');
    await server.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop);
} catch (thrown) {
  console.error(toError(thrown, 'node').reason);
  process.exit(1);
}
