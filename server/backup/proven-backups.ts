import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The name of a proven backup holds the time at which it was begun. One that is not proven yet has another ending. */
const PROVEN = /^parley-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z\.tar$/;

const timeOf = (name: string): number | null => {
  const [, day, hours, minutes, seconds] = PROVEN.exec(name) ?? [];
  const time = Date.parse(`${String(day)}T${String(hours)}:${String(minutes)}:${String(seconds)}Z`);
  return Number.isNaN(time) ? null : time;
};

/** The proven backups in a folder, the oldest first; none if there is no such folder. Those of the future, made with a wrong clock, come
 *  before all others, so that they are the first to be removed. */
export const provenBackups = (
  dir: string,
  now: number,
): readonly { readonly name: string; readonly at: number }[] => {
  try {
    return readdirSync(dir)
      .flatMap((name) => {
        const at = timeOf(name);
        return at === null ? [] : [{ name, at }];
      })
      .sort((a, b) => Number(b.at > now) - Number(a.at > now) || a.at - b.at);
  } catch {
    return []; // The next attempt makes the folder, or says why it cannot.
  }
};

/** The same with their sizes, the newest first. */
export const listedBackups = (
  dir: string,
  now: number,
): readonly { readonly name: string; readonly at: number; readonly bytes: number }[] =>
  provenBackups(dir, now)
    .map(({ name, at }) => ({
      ...{ name, at },
      bytes: statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0,
    }))
    .reverse();
