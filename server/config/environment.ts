import process from 'node:process';

/** Who called the program with sudo; undefined if nobody did. */
export const sudoUser = (): string | undefined => process.env['SUDO_USER'];

/** Variables of this process that a server needs to run on a copy of the data: its keys, where the operator keeps them, and the
 *  binaries that it may load. */
const KEPT = /^PARLEY_(JWT_SECRET|REFRESH_SECRET|ACCEPT_BINARIES)(_FILE)?$/;

/** The environment of a server that is started on a copy of the data, to see that it starts. Nobody but this program can reach it. */
export const environmentOnCopy = (dataDir: string): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_') || KEPT.test(name)),
  ),
  PARLEY_DATA_DIR: dataDir,
  PARLEY_HOST: '127.0.0.1',
  PARLEY_PORT: '0',
  PARLEY_SHARDS: '1',
});
