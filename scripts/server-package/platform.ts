import process from 'node:process';
import { ExpectedError } from '../command.mjs';

/** What a package of the server is made for. */
export interface Platform {
  readonly name: string;
  readonly arch: string;
  /** Debian's name for the architecture. */
  readonly debian: string;
}

const PLATFORMS: readonly Platform[] = [
  { name: 'linux-x64', arch: 'x64', debian: 'amd64' },
  { name: 'linux-arm64', arch: 'arm64', debian: 'arm64' },
];

/** The platform of that name, or this machine's. A package holds this machine's Node and the addon that was compiled for it, so it can
 *  be made on its own platform only.
 *  @throws ExpectedError that says which machine it needs */
export const choosePlatform = (name = `${process.platform}-${process.arch}`): Platform => {
  const chosen = PLATFORMS.find((each) => each.name === name);
  if (chosen === undefined) {
    const known = PLATFORMS.map((each) => each.name).join(' and ');
    throw new ExpectedError(`There is no package of the server for ${name}, only for ${known}.`);
  }
  if (process.platform !== 'linux' || process.arch !== chosen.arch) {
    throw new ExpectedError(
      `A package for ${name} needs a Linux machine with an ${chosen.arch} processor, because it holds the Node and the SQLite addon ` +
        `of the machine that makes it: run this command there.`,
    );
  }
  return chosen;
};
