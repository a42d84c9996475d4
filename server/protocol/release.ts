/** Put in by the build, from package.json. */
declare const __PARLEY_VERSION__: string | undefined;

/** The version of this program, server or client; `development` where nothing was built. */
export const RELEASE: string = typeof __PARLEY_VERSION__ === 'undefined' ? 'development' : __PARLEY_VERSION__;
/** The header that names it on every answer. */
export const RELEASE_HEADER = 'X-Parley-Version';
