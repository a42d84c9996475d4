import { createECDH } from 'node:crypto';
import { encrypt } from 'http_ece';
import type { PushSubscription } from '../../storage/push-subscriptions.ts';

const CURVE = 'prime256v1';
/** A push service sees how long a push is: one of few lengths. */
const PADDED_TO = 512;
/** What a push service has to take (RFC 8291 §4), less what the encryption adds. */
const PLAIN_MAX = 3_993;

/** Whether this is a point of the curve, so that a push can be encrypted for it. */
export const isBrowserKey = (p256dh: string): boolean => {
  const curve = createECDH(CURVE);
  curve.generateKeys();
  try {
    curve.computeSecret(Buffer.from(p256dh, 'base64url'));
    return true;
  } catch {
    return false;
  }
};

/** The body of a push in the coding `aes128gcm`, which only the browser can read that made the subscription (RFC 8291). */
export const encryptPush = (
  payload: unknown,
  { p256dh, auth }: Pick<PushSubscription, 'p256dh' | 'auth'>,
): Buffer => {
  const plain = Buffer.from(JSON.stringify(payload));
  if (plain.length > PLAIN_MAX) throw new RangeError('the payload of a push is too long');
  const privateKey = createECDH(CURVE);
  privateKey.generateKeys();
  const padded = Math.min(PLAIN_MAX, Math.ceil(plain.length / PADDED_TO) * PADDED_TO);
  return encrypt(plain, {
    ...{ version: 'aes128gcm', privateKey, dh: p256dh, authSecret: auth },
    pad: padded - plain.length,
  });
};
