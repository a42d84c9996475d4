import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Ids } from '../runtime/ids.ts';

/** The server's keys. Two, so that a leak of one does not give the other. */
export interface Secrets {
  /** Signs access tokens. */
  readonly jwt: Uint8Array;
  /** Derives refresh tokens from their predecessors. */
  readonly refresh: Uint8Array;
}

const KEY_BYTES = 32;
const [JWT, REFRESH] = ['jwt.key', 'refresh.key'] as const;

/** Loads the keys from the data dir, making what is missing. `givenJwt`: the operator's own, which is then not stored. The
 *  dir becomes 0700, files are 0600. Throws with a plain reason when a key file is damaged: a new key in its place would
 *  silently end every session. */
export const openSecrets = (dataDir: string, givenJwt: string | null, ids: Ids): Secrets => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chmodSync(dataDir, 0o700);
  return {
    jwt: givenJwt === null ? loadOrCreate(dataDir, JWT, ids) : new TextEncoder().encode(givenJwt),
    refresh: loadOrCreate(dataDir, REFRESH, ids),
  };
};

/** Whether a server has made keys here before. */
export const hasKeys = (dataDir: string): boolean =>
  [JWT, REFRESH].some((name) => existsSync(join(dataDir, name)));

const loadOrCreate = (dataDir: string, name: string, ids: Ids): Uint8Array => {
  const path = join(dataDir, name);
  return load(path, name) ?? create(path, name, ids);
};

const load = (path: string, name: string): Uint8Array | null => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const key = Buffer.from(text, 'base64url');
  if (key.length < KEY_BYTES) throw new Error(`the key file ${name} in the data directory is damaged`);
  chmodSync(path, 0o600);
  return key;
};

/** Whole or not at all: written aside, synced, then linked under its name. `link` fails when another process was first;
 *  then that one's key is ours too. */
const create = (path: string, name: string, ids: Ids): Uint8Array => {
  const aside = `${path}.${ids.next()}`;
  const file = openSync(aside, 'wx', 0o600);
  try {
    writeSync(file, `${Buffer.from(ids.random(KEY_BYTES)).toString('base64url')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(aside);
  }
  const key = load(path, name);
  if (key === null) throw new Error(`the key file ${name} in the data directory vanished`);
  return key;
};
