import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { ExpectedError } from '../command.mjs';

/** Libraries that every Linux with glibc has, or gets with its first C++ program. */
const COMMON = /^(?:linux-vdso|ld-linux[\w-]*|lib(?:c|m|dl|rt|pthread|gcc_s|stdc\+\+))\.so/;

interface NodeBinary {
  readonly file: string;
  /** Its licence, with those of the libraries that it holds. */
  readonly licence: string;
}

/** The Node that runs this, where a copy of it runs on another machine.
 *  @throws ExpectedError that says why not, and what to do */
export const runningNode = (licenceGiven: string | undefined): NodeBinary => {
  const file = realpathSync(process.execPath);
  const { header, sharedObjects } = process.report.getReport() as {
    header: { glibcVersionRuntime?: string };
    sharedObjects: readonly string[];
  };
  if (header.glibcVersionRuntime === undefined) {
    throw new ExpectedError(
      'A package of the server needs a Linux with glibc, and this one has another C library.',
    );
  }
  const foreign = sharedObjects.map((path) => basename(path)).filter((name) => !COMMON.test(name));
  if (foreign.length > 0) {
    throw new ExpectedError(
      `${file} can't be copied, because it needs ${foreign.join(', ')}: run this command with a Node of nodejs.org, which needs nothing.`,
    );
  }
  return { file, licence: licenceOf(file, licenceGiven) };
};

const licenceOf = (file: string, given: string | undefined): string => {
  const prefix = dirname(dirname(file));
  const places = [
    join(prefix, 'LICENSE'),
    join(prefix, 'share/doc/nodejs/LICENSE'),
    join(prefix, 'share/doc/node/LICENSE'),
  ];
  const found = given ?? places.find((each) => existsSync(each));
  if (found !== undefined && existsSync(found)) return found;
  throw new ExpectedError(
    `The licence of Node, which has to go along with it, is not in ${given ?? places.join(', ')}: name its file with --node-licence.`,
  );
};
