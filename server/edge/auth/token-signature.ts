import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

const objectIn = (part: string): Record<string, unknown> | null => {
  const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
};

/** Reads the payload of compact tokens signed with HMAC-SHA-256 (RFC 7515 §3.1, RFC 7518 §3.2) in the same turn: null for every
 *  other text. What header and payload say is for the caller to judge. */
export const openSignature = (
  secret: Uint8Array,
): ((token: string) => Readonly<Record<string, unknown>> | null) => {
  const key = createSecretKey(secret);
  return (token) => {
    const parts = token.split('.');
    const [header, payload, signature] = parts;
    if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined) {
      return null;
    }
    // Texts are compared, not bytes: base64url read leniently has several spellings of one signature.
    const expected = Buffer.from(
      createHmac('sha256', key).update(`${header}.${payload}`).digest('base64url'),
    );
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    try {
      return objectIn(payload);
    } catch {
      return null;
    }
  };
};
