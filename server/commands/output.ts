import process from 'node:process';

/** What a command prints. Results go to stdout, so that they can be piped; remarks for people go to stderr. With `--json` stdout gets
 *  one line of JSON, and nothing else is printed but errors. */
export interface CommandOutput {
  /** Prints the result of the command: `value` with `--json`, else `text`. */
  result(value: unknown, text: string): void;
  /** A remark for people. */
  note(text: string): void;
}

export const outputOf = (json: boolean): CommandOutput => ({
  result(value, text) {
    process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`);
  },
  note(text) {
    if (!json) process.stderr.write(`${text}\n`);
  },
});

/** `1,234 KB`, for people. */
export const bytesText = (bytes: number): string => {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size.toFixed(unit === 0 || size >= 100 ? 0 : 1)} ${units[unit] ?? ''}`;
};

/** `1 user`, `2 users`. */
export const countText = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** `850 ms`, `12.3 s`, `4 min 5 s`. */
export const durationText = (ms: number): string => {
  if (ms < 1000) return `${String(Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${String(Math.floor(ms / 60_000))} min ${String(Math.round((ms % 60_000) / 1000))} s`;
};
