/** Which Node Parley runs on, decided before anything is installed or built. It imports nothing, so that a Node that is too old for
 *  the rest can still be told. server/runtime/native/binary-support.ts decides the same for the files that are there. */

/**
 * What decides whether Parley runs here.
 * @typedef {object} Runtime
 * @property {string} node `process.versions.node`
 * @property {string} platform `process.platform`
 * @property {string | undefined} glibc its version; undefined where the C library is another one
 * @property {boolean} ownBinaries whether the operator vouches for other binaries than those that are known
 */
/** @typedef {{ readonly major: number, readonly minor: number }} ReleaseLine from which version on */

/**
 * The glibc that the uWebSockets.js binary of a Node release line needs on Linux; other lines need no more than Node does. A test
 * holds this to the list of known binaries.
 * @type {Readonly<Record<number, string>>}
 */
export const GLIBC_NEEDED = { 22: '2.38', 24: '2.38' };
const SYSTEMS_WITH_IT = 'Debian 13, Ubuntu 24.04';

/**
 * `>=20.19 <21 || >=24 <25` as a list of `{ major: 20, minor: 19 }`. Each range stays within one release line.
 * @param {string} engines
 * @returns {readonly ReleaseLine[]}
 */
export const linesOf = (engines) =>
  engines.split(' || ').map((range) => {
    const [, major, minor = '0', next] = /^>=(\d+)(?:\.(\d+))? <(\d+)$/.exec(range) ?? [];
    if (next === undefined || Number(next) !== Number(major) + 1) {
      throw new Error(`engines.node: "${range}" is not written as ">=MAJOR.MINOR <NEXT MAJOR"`);
    }
    return { major: Number(major), minor: Number(minor) };
  });

/** @param {readonly ReleaseLine[]} lines */
const inWords = (lines) =>
  lines
    .map(({ major, minor }) => (minor === 0 ? `${major}` : `${major}.${minor} or a later ${major}.x`))
    .join(', ')
    .replace(/, (?=[^,]*$)/, lines.length > 2 ? ', or ' : ' or ');

/** @param {string} version */
const numbersOf = (version) => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return { major, minor };
};

/**
 * @param {string} version
 * @param {string} than
 */
export const isOlder = (version, than) => {
  const [a, b] = [numbersOf(version), numbersOf(than)];
  return a.major < b.major || (a.major === b.major && a.minor < b.minor);
};

/**
 * Whether the release line's binary runs with this C library.
 * @param {number} major
 * @param {Runtime} runtime
 */
const runsHere = (major, { platform, glibc, ownBinaries }) => {
  const needed = GLIBC_NEEDED[major];
  if (needed === undefined || platform !== 'linux' || ownBinaries) return true;
  return glibc !== undefined && !isOlder(glibc, needed);
};

/**
 * Why Parley does not run here: one sentence that names what is needed, or undefined where it does run.
 * @param {Runtime} runtime
 * @param {string} engines `engines.node` of package.json
 */
export const nodeFault = (runtime, engines) => {
  const lines = linesOf(engines);
  const { major, minor } = numbersOf(runtime.node);
  const working = lines.filter((line) => runsHere(line.major, runtime));
  const install = `With nvm: nvm install${working.length === lines.length ? '' : ` ${working[0]?.major ?? ''}`}`;
  if (!lines.some((line) => line.major === major && line.minor <= minor)) {
    return `Parley needs Node ${inWords(working)}; this is ${runtime.node}. ${install}`;
  }
  if (runsHere(major, runtime)) return undefined;
  return (
    `Node ${major} needs glibc ${GLIBC_NEEDED[major] ?? ''} or later (${SYSTEMS_WITH_IT}) for uWebSockets.js, and this system has ` +
    `${runtime.glibc ?? 'none'}: use such a system, or Node ${inWords(working)}. ${install}`
  );
};
