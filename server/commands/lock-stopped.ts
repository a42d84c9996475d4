import { askServer } from '../edge/control/control-client.ts';
import { finishTelling } from '../operator/finish-telling.ts';
import { stoppedServer } from '../operator/stopped-server.ts';
import { systemClock } from '../runtime/clock.ts';
import { TransferError } from '../storage/transfer/transfer-error.ts';
import { accountName, type CommandSession } from './session.ts';

/** Refuses a server that answers, and otherwise takes the lock of the data directory, with nothing left to tell of deletions. */
export const lockStopped = async (dataDir: string, config: CommandSession['config']): Promise<void> => {
  const by = { account: accountName() };
  const answer = await askServer(dataDir, { command: 'status', input: {}, by }, systemClock);
  if (!('unreachable' in answer))
    throw new TransferError('busy', `A server runs on ${dataDir}: stop it first.`);
  const own = { config, rotateSigningKey: () => 0, backups: null };
  const { operator, close } = await stoppedServer(dataDir, answer.unreachable, own);
  try {
    await finishTelling(operator);
  } finally {
    await close();
  }
};
