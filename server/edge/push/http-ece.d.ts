/** The package has no types of its own. */
declare module 'http_ece' {
  import type { ECDH } from 'node:crypto';

  /** Encrypts in one record or several. `dh`: the key of whoever is to read it, in base64url, as is `authSecret`. `pad`: octets of padding. */
  export function encrypt(
    plain: Buffer,
    params: {
      readonly version: 'aes128gcm';
      readonly privateKey: ECDH;
      readonly dh: string;
      readonly authSecret: string;
      readonly rs?: number;
      readonly pad?: number;
    },
  ): Buffer;
}
