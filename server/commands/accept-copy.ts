import { COMMAND_LOCK_WAIT_MS, lockDataDir } from '../storage/data-dir/lock.ts';
import { acceptCopy } from '../storage/sqlite/accept-copy.ts';
import { checkExists } from '../storage/sqlite/open.ts';
import { command } from './command.ts';
import { UsageError } from './exit-codes.ts';
import { aboutDataDir, readConfig } from './session.ts';

export const acceptCopyCommand = command({
  name: 'accept-copy',
  describe:
    'Use a database file that was copied without its write-ahead log, although its latest messages are missing',
  options: (argv) => argv,
  async run(_options, output) {
    const { config, dataDir } = readConfig();
    if (config.database !== null)
      throw new UsageError('PARLEY_DATABASE_URL names a PostgreSQL database, which has no file to accept.');
    const accepted = await aboutDataDir(() => {
      checkExists(dataDir);
      lockDataDir(dataDir, COMMAND_LOCK_WAIT_MS);
      return acceptCopy(dataDir);
    });
    output.result(
      { accepted },
      accepted
        ? 'The copy is accepted: a server can start on it. What it lacks is lost, and clients will load everything again.'
        : 'The database is not such a copy. Nothing was changed.',
    );
  },
});
