/** The built name of the icon, hash and all. */
export const iconUrl = new URL('../icon.svg', import.meta.url).href;
