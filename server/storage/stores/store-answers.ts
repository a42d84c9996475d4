import { systemClock } from '../../runtime/clock.ts';
import { connectToPrimary } from '../postgres/connect.ts';
import { DatabaseError } from '../postgres/database-error.ts';
import type { StoreLocation } from './location.ts';

/** Whether the database lets a new connection in and answers it, within a few seconds; null for a store that is in this process. The
 *  question never rejects. */
export const storeAnswers = (location: StoreLocation): (() => Promise<boolean>) | null => {
  if (location.kind === 'sqlite') return null;
  return async () => {
    try {
      const { connection } = await connectToPrimary(location.connection, 'notify', systemClock);
      connection.drop(new DatabaseError('unavailable', '', 'it was asked whether it answers'));
      return true;
    } catch {
      return false;
    }
  };
};
