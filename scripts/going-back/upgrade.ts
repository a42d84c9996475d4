import { check } from '../check.ts';
import type { Archive } from './archive.ts';
import { posted } from './requests.ts';

/** An upgrade as docs/upgrade.md says: ada registers with the older version, which makes a proven backup, and ben with the newer one. */
export const upgrade = async (older: Archive, newer: Archive, backup: string): Promise<void> => {
  await older.served(async (url) => {
    check(
      'somebody registers with the older version',
      (await posted(url, '/auth/register', 'ada')).status === 201,
    );
    older.parley('backup', backup);
    check('its backup is proven', older.parley('verify', backup).includes('can be restored'));
  });
  await newer.served(async (url) => {
    check('after the upgrade they log in', (await posted(url, '/auth/login', 'ada')).status === 200);
    check('somebody else registers', (await posted(url, '/auth/register', 'ben')).status === 201);
  });
};
