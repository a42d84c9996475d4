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

/** The operator's own keys; what is null or left out is kept in the data dir. */
export interface GivenSecrets {
  readonly jwt?: string | null;
  readonly refresh?: string | null;
}

/** Loads the keys from the data dir, making what is missing. Keys that are given are not stored. The dir becomes 0700, files are
 *  0600. Throws with a plain reason when a key file is damaged: who put what there is for the operator to find out. */
export const openSecrets = (dataDir: string, given: GivenSecrets, ids: Ids): Secrets => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chmodSync(dataDir, 0o700);
  const key = (text: string | null | undefined, file: string): Uint8Array =>
    typeof text === 'string' ? new TextEncoder().encode(text) : loadOrCreate(dataDir, file, ids);
  return { jwt: key(given.jwt, JWT), refresh: key(given.refresh, REFRESH) };
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
    text = readFileSync(path, 'latin1').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  // Node's decoder passes over what is no base64; a key with that in it is not the one that was written.
  const key = /^[A-Za-z0-9_-]+$/.test(text) ? Buffer.from(text, 'base64url') : Buffer.alloc(0);
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
