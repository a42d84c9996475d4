import { commonTable } from './common-strings.ts';
import { desktopTable } from './desktop-strings.ts';
import { perLanguage } from './locale.ts';
import { talkTable } from './talk-strings.ts';

const english = { ...commonTable, ...talkTable, ...desktopTable };
export type Strings = typeof english;

/** Texts of the first screen. Parts that are loaded later have their own: `login-strings.ts`, `settings-strings.ts`,
 *  `panel-strings.ts`, `file-strings.ts`, `sending-strings.ts`, `manage-strings.ts`, `connection-strings.ts`, `storage-strings.ts`. */
export const strings = perLanguage('first', english);
