import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { say } from './say.mjs';

const POLL_MS = 200;
/** No step takes this long: a lock this old was left by a process whose number now belongs to another. */
const ABANDONED_MS = 30 * 60_000;
const MARKER_MS = 5_000;

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

const read = (path) => {
  try {
    const [pid, token] = readFileSync(path, 'utf8').split(' ');
    return { pid: Number(pid), token, age: Date.now() - statSync(path).mtimeMs };
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
};

const create = (path, text) => {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
};

/** Removes the lock of a dead holder. Of several who see it dead, only the one that creates the marker named by the
 *  holder's token may remove it: nobody can remove the lock that a third one has taken meanwhile. */
const clear = (path, holder) => {
  const marker = `${path}.${holder.token}`;
  if (create(marker, '')) {
    if (read(path)?.token === holder.token) rmSync(path, { force: true });
    return;
  }
  // Whoever made the marker died between its two steps: the next round may try again.
  if ((read(marker)?.age ?? 0) > MARKER_MS) rmSync(marker, { force: true });
};

/** Runs `work` while no other process of this clone does: two starts at once build once. */
export const withLock = async (path, work) => {
  mkdirSync(dirname(path), { recursive: true });
  const token = randomUUID();
  let told = false;
  while (!create(path, `${process.pid} ${token}`)) {
    const holder = read(path);
    if (holder === null) continue;
    // A lock without a token is being written this very moment, unless it stays so.
    const dead = holder.token !== undefined && !isAlive(holder.pid);
    if (dead || holder.age > ABANDONED_MS) {
      clear(path, holder);
    } else if (!told) {
      say('Another start is preparing this clone: waiting for it …');
      told = true;
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
