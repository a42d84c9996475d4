import { readFileSync } from 'node:fs';

/** The first CPU of a list as the kernel writes them: `0-3,8`. */
const firstOf = (list: string): string => /^\d+/.exec(list)?.[0] ?? '0';

/** The CPU that pinned runs share: the first one that this process may use. */
export const oneCpu = (): string =>
  firstOf(/^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0');
