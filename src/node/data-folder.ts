import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where this user's peer keeps keys and slices: TABMESH_DATA, or the platform's place for application data. */
export function dataFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env['TABMESH_DATA']) return env['TABMESH_DATA'];
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'tabmesh');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? homedir(), 'tabmesh');
  return join(env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'tabmesh');
}
