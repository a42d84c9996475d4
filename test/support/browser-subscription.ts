import { createECDH, randomBytes } from 'node:crypto';

/** What a browser gives a client that subscribes. Nobody is at the endpoint: `.test` is a name that stands for nothing (RFC 6761). */
export const browserSubscription = (endpoint = 'https://push.test/send/1') => {
  const keys = createECDH('prime256v1');
  return {
    endpoint,
    keys: { p256dh: keys.generateKeys('base64url'), auth: randomBytes(16).toString('base64url') },
  };
};
