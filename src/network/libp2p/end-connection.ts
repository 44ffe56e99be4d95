import type { Connection } from '@libp2p/interface';
import { channelCloseMs } from '../../base/limits.ts';

/**
 * Politely first, because `abort` of @libp2p/websockets 10.1.21 closes nothing: it calls WebSocket.close(1006), a
 * code that no WebSocket accepts, so the other side goes on believing in the connection (measured).
 */
export async function endConnection(connection: Connection): Promise<void> {
  try {
    await connection.close({ signal: AbortSignal.timeout(channelCloseMs) });
  } catch (error) {
    connection.abort(error as Error);
  }
}
