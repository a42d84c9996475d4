import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { log } from './log.mjs';

const POLL_MS = 200;
/** No step takes this long: a lock this old was left by a process whose number now belongs to another. */
const ABANDONED_MS = 30 * 60_000;
const MARKER_MS = 5_000;

/**
 * What a lock file says.
 * @typedef {object} Holder
 * @property {number} pid
 * @property {string | undefined} token undefined while the file is being written
 * @property {number} age milliseconds since it was written
 */

/** @param {unknown} error */
const codeOf = (error) => /** @type {NodeJS.ErrnoException} */ (error).code;

/** @param {number} pid */
const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
};

/**
 * @param {string} path
 * @returns {Holder | null}
 */
const read = (path) => {
  try {
    const [pid, token] = readFileSync(path, 'utf8').split(' ');
    return { pid: Number(pid), token, age: Date.now() - statSync(path).mtimeMs };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
};

/**
 * Whether this call created the file: false when it is there already.
 * @param {string} path
 * @param {string} text
 */
const create = (path, text) => {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
};

/**
 * Removes the lock of a dead holder. Of several who see it dead, only the one that creates the marker named by the holder's
 * token may remove it: nobody can remove the lock that a third one has taken meanwhile.
 * @param {string} path
 * @param {Holder} holder
 */
const clear = (path, holder) => {
  const marker = `${path}.${String(holder.token)}`;
  if (create(marker, '')) {
    if (read(path)?.token === holder.token) rmSync(path, { force: true });
    return;
  }
  // Whoever made the marker died between its two steps: the next round may try again.
  if ((read(marker)?.age ?? 0) > MARKER_MS) rmSync(marker, { force: true });
};

/**
 * Runs `work` while no other process of this clone does: two commands at once build once.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export const withLock = async (path, work) => {
  mkdirSync(dirname(path), { recursive: true });
  const token = randomUUID();
  let hasToldWaiting = false;
  while (!create(path, `${process.pid} ${token}`)) {
    const holder = read(path);
    if (holder === null) continue;
    // A lock without a token is being written this very moment, unless it stays so.
    const dead = holder.token !== undefined && !isAlive(holder.pid);
    if (dead || holder.age > ABANDONED_MS) {
      clear(path, holder);
    } else if (!hasToldWaiting) {
      log('Another command is building in this clone: waiting for it …');
      hasToldWaiting = true;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const release = () => {
    if (read(path)?.token === token) rmSync(path, { force: true });
  };
  process.once('exit', release);
  try {
    for (const name of readdirSync(dirname(path))) {
      if (name.startsWith(`${basename(path)}.`)) rmSync(join(dirname(path), name), { force: true });
    }
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
};
