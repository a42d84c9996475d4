/** The icon's address in the build, with its hash. */
export const iconUrl = new URL('../../icon.svg', import.meta.url).href;
