import { spawnSync } from 'node:child_process';

/** Debian packages with their versions; null unless every one of them is installed. */
export const installed = (packages: readonly string[]): string | null => {
  const format = '${db:Status-Status} ${Package} ${Version}\n';
  const { status, stdout } = spawnSync('dpkg-query', ['-W', '-f', format, ...packages], { encoding: 'utf8' });
  // Elsewhere than on Debian there is no such command, and nothing was said.
  const found = (status === null ? '' : stdout).split('\n').filter((line) => line.startsWith('installed '));
  return found.length < packages.length
    ? null
    : found.map((line) => line.slice('installed '.length)).join(', ');
};
