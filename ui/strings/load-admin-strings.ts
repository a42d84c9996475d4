import { useAdminStrings } from './admin-strings.ts';
import { language } from './locale.ts';

/** Loads the texts of the admin page in the language in use. If they could not be loaded, the page is in English. */
export const loadAdminStrings = async (): Promise<void> => {
  const isGerman = language().split('-')[0] === 'de';
  const german = isGerman ? await import('./de-admin.ts').catch(() => null) : null;
  useAdminStrings(german?.admin ?? null);
};
