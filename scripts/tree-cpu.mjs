import { readdirSync, readFileSync } from 'node:fs';

/** A tick of Linux, whatever the machine: USER_HZ. */
const TICKS_PER_SECOND = 100;

/** @param {string} pid */
const statOf = (pid) => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program stands in brackets and may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // Its own time and that of the children it has waited for: utime, stime, cutime, cstime.
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { parent: String(fields[1]), ticks };
  } catch {
    return null; // It has ended meanwhile.
  }
};

/** The processor seconds that this process and all below it have used so far; null where there is no /proc. */
export const treeCpu = () => {
  const self = String(process.pid);
  if (statOf(self) === null) return null;
  const stats = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => [pid, statOf(pid)]),
  );
  const isBelow = (/** @type {string | undefined} */ pid) => {
    while (pid !== undefined && pid !== self) pid = stats.get(pid)?.parent;
    return pid === self;
  };
  let ticks = 0;
  for (const [pid, stat] of stats) if (stat !== null && isBelow(pid)) ticks += stat.ticks;
  return ticks / TICKS_PER_SECOND;
};
