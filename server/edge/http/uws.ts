import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type uWSModule from 'uWebSockets.js';
import { limitHeads } from '../../config/config.ts';

type Uws = typeof uWSModule;

/** Which uWebSockets.js this process runs, for the log and for the check of native binaries. */
export interface UwsInUse {
  /** Folder in `node_modules`. */
  readonly package: string;
  /** Of the npm package; a repackaging has numbers of its own. */
  readonly version: string;
  /** The native file in that folder. */
  readonly file: string;
  /** What this binary is known to do wrong, or null. */
  readonly lacks: string | null;
  /** Why a better package that is installed was not taken, or null. */
  readonly passedOver: string | null;
}

/** The repackaging of the official binaries that package.json names. It always loads. */
const DEFAULT_PACKAGE = 'uWebSockets.js';
/** Newer, built by its publisher, 118 MB, and only for glibc 2.38 or later: taken where an operator has installed it. */
const NEWER_PACKAGE = '@btc-vision/uwebsockets.js';
/** Node 20's ABI, for which the default package holds binaries from before September 2024 on every platform. */
const OLD_ABI = '115';
const LACKS =
  'a request line that arrives in two packets is answered 505; a proxy on this machine avoids it (docs/proxies.md)';

/** Room for the longest search, 1,000 code points of 12 characters each in a URL, and 4 KiB for the rest. The binaries for Node 22 and 24
 *  hold every head to it, and without it to 4 KiB in all; Node 20's takes a head of any length that comes in one packet. */
const HEAD_MAX = 16 * 1024;

const load = createRequire(import.meta.url);
const { platform, arch, versions } = process;

const describe = (folder: string, passedOver: string | null): UwsInUse => ({
  package: folder,
  version: versionOf(folder),
  file: `uws_${platform}_${arch}_${versions.modules}.node`,
  lacks: folder === DEFAULT_PACKAGE && versions.modules === OLD_ABI ? LACKS : null,
  passedOver,
});

/** By path: a package may keep its package.json out of its `exports`. */
const versionOf = (folder: string): string =>
  (load(join(dirname(load.resolve(folder)), 'package.json')) as { version: string }).version;

const choose = (): { readonly uWS: Uws; readonly uwsInUse: UwsInUse } => {
  let passedOver: string | null = null;
  limitHeads(HEAD_MAX);
  if (versions.modules === OLD_ABI) {
    try {
      return { uWS: load(NEWER_PACKAGE) as Uws, uwsInUse: describe(NEWER_PACKAGE, null) };
    } catch (error) {
      // Not installed is the usual case; anything else, such as a glibc that is too old, the operator should read.
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') passedOver = lastLineOf(error);
    }
  }
  try {
    return { uWS: load(DEFAULT_PACKAGE) as Uws, uwsInUse: describe(DEFAULT_PACKAGE, passedOver) };
  } catch (error) {
    throw new Error(`${DEFAULT_PACKAGE} can't be loaded: ${lastLineOf(error)}`, { cause: error });
  }
};

/** The package puts a paragraph of its own before the loader's sentence. */
const lastLineOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).trim().split('\n').at(-1) ?? '';

export const { uWS, uwsInUse } = choose();

/** The header `uWebSockets: 20` on every answer tells a visitor nothing but what to attack. The switch is the binding's own; a
 *  binary without it goes on sending the header, which deploy/ takes off. */
const configure = (uWS as unknown as { _cfg?: (key: string) => void })._cfg;
configure?.('999999990007');
