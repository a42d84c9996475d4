import type { FileUse } from '../../storage/attachments/file-use.ts';
import type { StoreAccess } from './store-access.ts';

/** What the store knows of the files of attachments, asked through the threads that read and write it. */
export const fileUse = ({ read, write }: StoreAccess): FileUse => ({
  async takeRemovedFiles(limit) {
    const { sha256s } = await write('takeRemovedFiles', { limit });
    return sha256s;
  },
  usedFiles: (sha256s) => read('usedFiles', sha256s),
  async livingUsers(userIds) {
    const found = await Promise.all(userIds.map((userId) => read('me', userId)));
    return userIds.filter((_, at) => found[at] !== null);
  },
});
