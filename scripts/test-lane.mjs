import { AsyncResource } from 'node:async_hooks';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe } from 'node:test';
import { pathToFileURL } from 'node:url';
import { treeCpu } from './tree-cpu.mjs';

/** How long a lane waits at its end for what its tests started. */
const LEFTOVER_MS = 5_000;

/** A test that hangs has failed by now; what it left running would keep the process alive. */
const endInTime = () => {
  setTimeout(() => {
    console.error('Something that a test started still runs; the process is ended.');
    process.exit(1);
  }, LEFTOVER_MS).unref();
};

/**
 * @typedef {object} Lane One process that runs test files one after the other. It spares each the start of a process and the
 *   loading of what all of them import.
 * @property {readonly { readonly name: string, readonly path: string }[]} files Shared with the other lanes of the stage.
 * @property {string} claims A folder in which a lane makes the file `<index>` to say that it has taken that test file. At the end
 *   it holds what the file has cost.
 * @property {string} shared The compiled test/support/process-scope.ts.
 * @property {number} timeoutMs How long one file may take before it has failed.
 */

/**
 * Takes the next file that no lane has taken, runs it as a suite, and goes on until none is left. A file's top-level hooks run
 * at the end of the file, as they would in a process of its own.
 * @param {Lane} lane
 */
export const runLane = async ({ files, claims, shared, timeoutMs }) => {
  const { keepBetweenFiles, endKept } = /** @type {typeof import('../test/support/process-scope.ts')} */ (
    await import(pathToFileURL(shared).href)
  );
  keepBetweenFiles();
  // A suite that is made in a hook of another one would belong to that one.
  const topLevel = new AsyncResource('lane');
  let at = 0;

  const isMine = () => {
    try {
      closeSync(openSync(join(claims, String(at)), 'wx'));
      return true;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
      throw error;
    }
  };

  const next = async () => {
    while (at < files.length && !isMine()) at += 1;
    const file = files[at];
    if (file === undefined) {
      await endKept();
      endInTime();
      return;
    }
    const before = treeCpu();
    const ended = () => {
      if (before !== null) writeFileSync(join(claims, String(at)), String((treeCpu() ?? before) - before));
      return next();
    };
    topLevel.runInAsyncScope(() => {
      void describe(file.name, { timeout: timeoutMs }, async () => {
        try {
          await import(pathToFileURL(file.path).href);
        } finally {
          // The last hook of the file: whatever it started has ended. The next suite has to be there before this one is over, or
          // the runner takes the process for finished.
          after(ended);
        }
      });
    });
  };
  await next();
};
