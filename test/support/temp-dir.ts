import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a disposer is tied to: a test context, or anything that runs `after` hooks. */
export interface Scope {
  after(dispose: () => void | Promise<void>): void;
}

export const makeDir = (): string => mkdtempSync(join(tmpdir(), 'parley-test-'));

export const removeDir = (path: string): void => {
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
};

/** An empty folder that is gone after the test. */
export const tempDir = (scope: Scope): string => {
  const path = makeDir();
  scope.after(() => {
    removeDir(path);
  });
  return path;
};
