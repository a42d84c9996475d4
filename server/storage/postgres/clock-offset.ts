import type { Clock } from '../../runtime/clock.ts';
import { statement, type Database } from './sql.ts';

/** A host whose clock is further off is not fit to serve. */
export const CLOCK_OFFSET_MAX_MS = 5_000;

const SAMPLES = 5;
const NOW = statement<[number]>('clock', 'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000');

/** How many milliseconds the clock of the database is ahead of this host's; negative: behind. The median of five, each against the
 *  middle of its round trip. @throws DatabaseError */
export const measureClockOffset = async (db: Database, clock: Clock): Promise<number> => {
  const offsets: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const before = clock.now();
    const [[now] = [NaN]] = await db.query(NOW);
    offsets.push(now - (before + clock.now()) / 2);
  }
  return Math.round(offsets.sort((a, b) => a - b)[Math.floor(SAMPLES / 2)] ?? NaN);
};
