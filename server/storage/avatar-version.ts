import { createHash } from 'node:crypto';

/** The version of an avatar: the first 16 hexadecimal digits of the SHA-256 of its bytes [U6]. */
export const avatarVersion = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex').slice(0, 16);
