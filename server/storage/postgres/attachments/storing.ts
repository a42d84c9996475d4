import { cannotStore, noRoomHere } from '../../attachments/storing-fault.ts';
import { DatabaseError } from '../database-error.ts';

const DISK_FULL = '53100';

/** @throws ParleyError `insufficient_storage`, `unavailable`; what is a fault of the statement stays one of this program */
export const storing = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.kind === 'statement') throw error;
    throw error.code === DISK_FULL ? noRoomHere(error) : cannotStore(error);
  }
};
