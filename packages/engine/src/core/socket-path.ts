import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** A Unix socket's path is limited to 104 bytes on macOS, 108 on Linux. */
const MAX_PATH_BYTES = 100;

/**
 * Where the engine meets a process of its own: `<directory>/<name>`, or, when that is too long for a
 * socket, a name made of the directory's hash in a folder that only this user can enter. Throws when somebody else
 * has made that folder.
 */
export function socketPath(directory: string, name: string): string {
  const path = join(directory, name);
  if (Buffer.byteLength(path) < MAX_PATH_BYTES) return path;
  const { uid } = userInfo();
  const folder = join(tmpdir(), `slipway-${uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { mode, uid: owner } = lstatSync(folder);
  const isOurs = owner === uid && (mode & 0o170_077) === 0o040_000;
  if (!isOurs) throw new Error(`${folder} is not a directory that only this user can enter: remove it`);
  return join(folder, `${createHash('sha256').update(path).digest('hex').slice(0, 16)}.sock`);
}
