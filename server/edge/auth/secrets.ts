import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Ids } from '../../runtime/ids.ts';

/** The server's keys. Two, so that a leak of one does not give the other. */
export interface Secrets {
  /** Signs access tokens. */
  readonly jwt: Uint8Array;
  /** Signed them before, and is accepted until `until`, milliseconds since the epoch; null: none. */
  readonly previousJwt: { readonly secret: Uint8Array; readonly until: number } | null;
  /** Derives refresh tokens from their predecessors. */
  readonly refresh: Uint8Array;
}

const KEY_BYTES = 32;
const [JWT, REFRESH] = ['jwt.key', 'refresh.key'] as const;
/** The key before and the end of its time, with a space between. */
const PREVIOUS_JWT = 'jwt-previous.key';

/** The operator's own keys; what is null or left out is kept in the data dir. */
export interface GivenSecrets {
  readonly jwt?: string | null;
  readonly refresh?: string | null;
}

/** Loads the keys from the data directory, and creates missing ones. Keys given by the operator are not stored. The directory
 *  becomes 0700, files 0600. Throws with a plain reason if a key file is damaged; it is not replaced, because the operator
 *  should find out why. */
export const openSecrets = (dataDir: string, given: GivenSecrets, ids: Ids): Secrets => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chmodSync(dataDir, 0o700);
  const key = (text: string | null | undefined, file: string): Uint8Array =>
    typeof text === 'string' ? new TextEncoder().encode(text) : loadOrCreate(dataDir, file, ids);
  return {
    jwt: key(given.jwt, JWT),
    previousJwt: typeof given.jwt === 'string' ? null : loadPrevious(dataDir),
    refresh: key(given.refresh, REFRESH),
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

const loadPrevious = (dataDir: string): Secrets['previousJwt'] => {
  const path = join(dataDir, PREVIOUS_JWT);
  if (!existsSync(path)) return null;
  const [key = '', until = ''] = readFileSync(path, 'latin1').trim().split(' ');
  const secret = Buffer.from(key, 'base64url');
  // Damaged: those who hold a token of it log in again by their refresh tokens, unnoticed.
  return secret.length < KEY_BYTES || !/^\d+$/.test(until) ? null : { secret, until: Number(until) };
};

/** Replaces the key that signs access tokens, in the data directory. Tokens of the one before are good until `until`, also after a
 *  crash in between. Returns the new key. */
export const rotateSigningKey = (dataDir: string, until: number, ids: Ids): Uint8Array => {
  const current = loadOrCreate(dataDir, JWT, ids);
  replace(join(dataDir, PREVIOUS_JWT), `${keyText(current)} ${String(until)}\n`, ids);
  const fresh = ids.random(KEY_BYTES);
  replace(join(dataDir, JWT), `${keyText(fresh)}\n`, ids);
  return fresh;
};

/** Writes a file that is there whole, with its old content or the new one, whenever the power is cut. */
const replace = (path: string, text: string, ids: Ids): void => {
  renameSync(writeAside(path, text, ids), path);
};

/** Writes a synced file under a temporary name, and returns that name. */
const writeAside = (path: string, text: string, ids: Ids): string => {
  const aside = `${path}.${ids.next()}`;
  const file = openSync(aside, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return aside;
};

const keyText = (key: Uint8Array): string => Buffer.from(key).toString('base64url');

/** Creates a key file atomically: written under a temporary name, synced, then linked. `link` fails if another process was
 *  first; its key is used then. */
const create = (path: string, name: string, ids: Ids): Uint8Array => {
  const aside = writeAside(path, `${keyText(ids.random(KEY_BYTES))}\n`, ids);
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
