import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { sessionOf } from './token-states.ts';

/** Tokens that nobody may get in with, made from a genuine one. Many are signed with the right key, which no attacker has: what
 *  is wrong with them must be seen all the same. */

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const textPart = (text: string): string => Buffer.from(text).toString('base64url');
const HEADER = { alg: 'HS256', typ: 'at+jwt' };
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const HASHES: Readonly<Record<string, string>> = { HS384: 'sha384', HS512: 'sha512' };

export interface Genuine {
  readonly token: string;
  readonly secret: string;
  readonly refreshToken: string;
}

export const hostileTokens = ({ token, secret, refreshToken }: Genuine): ReadonlyMap<string, string> => {
  const [head = '', body = '', mac = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Record<string, unknown>;
  const now = Math.floor(Date.now() / 1000);
  const signParts = (
    header: string,
    payload: string,
    key: string | Buffer = secret,
    hash = 'sha256',
  ): string =>
    `${header}.${payload}.${createHmac(hash, key).update(`${header}.${payload}`).digest('base64url')}`;
  const sign = (
    header: object,
    payload: unknown = claims,
    key: string | Buffer = secret,
    hash?: string,
  ): string => signParts(part(header), part(payload), key, hash);
  const withHeader = (more: object): string => sign({ ...HEADER, ...more });
  const withClaims = (more: object): string => sign(HEADER, { ...claims, ...more });
  const without = (name: string): string =>
    sign(HEADER, Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name)));
  const rs256 = (header: object): string => {
    const text = `${part(header)}.${body}`;
    return `${text}.${createSign('RSA-SHA256').update(text).sign(RSA.privateKey).toString('base64url')}`;
  };
  const publicPem = RSA.publicKey.export({ type: 'spki', format: 'pem' });
  const twice = JSON.stringify(claims).replace('{', `{"sub":"${crypto.randomUUID()}",`);
  const lastLetter = mac.slice(-1);
  const sameBytes = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.charAt(
    'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.indexOf(lastLetter) | 1,
  );

  return new Map<string, string>([
    // No algorithm, another one, a confused one.
    ...['none', 'None', 'NONE', 'nOnE', ''].flatMap((alg): [string, string][] => [
      [`alg "${alg}" without a signature`, `${part({ ...HEADER, alg })}.${body}.`],
      [`alg "${alg}" with the genuine signature`, `${part({ ...HEADER, alg })}.${body}.${mac}`],
    ]),
    ...['HS384', 'HS512'].map((alg): [string, string] => [
      alg,
      sign({ ...HEADER, alg }, claims, secret, HASHES[alg]),
    ]),
    ...['HS1', 'hs256', 'RS256', 'ES256', 'PS256', 'EdDSA', 'A256GCM'].map((alg): [string, string] => [
      `${alg} by name, HMAC in truth`,
      withHeader({ alg }),
    ]),
    ['RS256 of a key of their own', rs256({ ...HEADER, alg: 'RS256' })],
    [
      'RS256 of a key that comes along',
      rs256({ ...HEADER, alg: 'RS256', jwk: RSA.publicKey.export({ format: 'jwk' }) }),
    ],
    ['HS256 with a public key as the secret', sign(HEADER, claims, publicPem)],
    ['no alg', sign({ typ: 'at+jwt' })],
    ['alg a number', sign({ ...HEADER, alg: 256 })],
    ['alg a list', sign({ ...HEADER, alg: ['HS256', 'none'] })],
    // Keys from elsewhere.
    ['kid a path', withHeader({ kid: '../../../../dev/null' })],
    ['kid /dev/null, signed with nothing', sign({ ...HEADER, kid: '/dev/null' }, claims, '')],
    ['kid SQL', withHeader({ kid: "x' UNION SELECT 'secret' --" })],
    ['kid an address', withHeader({ kid: 'http://127.0.0.1:1/key' })],
    ['kid a command', withHeader({ kid: '| id' })],
    ['jku', withHeader({ jku: 'http://127.0.0.1:1/keys' })],
    ['x5u', withHeader({ x5u: 'http://127.0.0.1:1/cert' })],
    ['x5c', withHeader({ x5c: ['AAAA'] })],
    [
      'jwk, symmetric',
      sign(
        { ...HEADER, jwk: { kty: 'oct', k: Buffer.from('theirs').toString('base64url') } },
        claims,
        'theirs',
      ),
    ],
    ['crit unknown', withHeader({ crit: ['x'], x: 1 })],
    ['crit b64', withHeader({ crit: ['b64'], b64: false })],
    ['crit empty', withHeader({ crit: [] })],
    ['zip', withHeader({ zip: 'DEF' })],
    ['cty', withHeader({ cty: 'JWT' })],
    // Another purpose.
    ['typ JWT', sign({ ...HEADER, typ: 'JWT' })],
    ['typ rt+jwt', sign({ ...HEADER, typ: 'rt+jwt' })],
    ['no typ', sign({ alg: 'HS256' })],
    ['typ application/at+jwt', sign({ ...HEADER, typ: 'application/at+jwt' })],
    ['a refresh token', refreshToken],
    // Other keys.
    ['another key', sign(HEADER, claims, 'another key, of thirty-two bytes.')],
    ['an empty key', sign(HEADER, claims, '')],
    ['the key cut', sign(HEADER, claims, secret.slice(0, -1))],
    ['the key with a NUL', sign(HEADER, claims, `${secret}\0x`)],
    // Claims.
    ['expired', withClaims({ iat: now - 7200, exp: now - 1 })],
    ['expires now', withClaims({ iat: now - 3600, exp: now })],
    ['not yet', withClaims({ nbf: now + 3600 })],
    ['nbf long ago', withClaims({ nbf: 0 })],
    ['exp as text', withClaims({ exp: String(now + 3600) })],
    ['exp without end', withClaims({ exp: 1e300 })],
    ['exp null', withClaims({ exp: null })],
    ['exp negative', withClaims({ exp: -1 })],
    ['exp a fraction', withClaims({ exp: now + 3600.5 })],
    ['another issuer', withClaims({ iss: 'https://evil.example' })],
    ['issuers in a list', withClaims({ iss: ['parley'] })],
    ['another audience', withClaims({ aud: 'other' })],
    ['audiences, ours among them', withClaims({ aud: ['other', 'parley'] })],
    ...Object.keys(claims).map((name): [string, string] => [`without ${name}`, without(name)]),
    ['sub of nobody', withClaims({ sub: crypto.randomUUID() })],
    ['sub an object', withClaims({ sub: { $ne: null } })],
    ['sid of nothing', withClaims({ sid: crypto.randomUUID() })],
    ['sid in upper case', withClaims({ sid: sessionOf(token).toUpperCase() })],
    ['sid SQL', withClaims({ sid: "' OR 1=1 --" })],
    ['sid a list', withClaims({ sid: [sessionOf(token)] })],
    ['a claim that is not ours', withClaims({ admin: true })],
    ['a claim twice', signParts(part(HEADER), textPart(twice))],
    ['payload with spaces', signParts(part(HEADER), textPart(JSON.stringify(claims, null, 1)))],
    ['payload a list', sign(HEADER, [claims])],
    ['payload null', sign(HEADER, null)],
    ['payload no JSON', signParts(part(HEADER), textPart('sub=me'))],
    ['header in another order', signParts(part({ typ: 'at+jwt', alg: 'HS256' }), body)],
    ['header no JSON', signParts(textPart('HS256'), body)],
    // The letters themselves.
    ['payload changed', `${head}.${part({ ...claims, username: 'root' })}.${mac}`],
    ['signature cut', token.slice(0, -1)],
    ['signature gone', `${head}.${body}.`],
    ['signature gone with its dot', `${head}.${body}`],
    ['signature in other letters for the same bytes', `${head}.${body}.${mac.slice(0, -1)}${sameBytes}`],
    ['signature padded', `${token}=`],
    ['signature of zeros', `${head}.${body}.${'A'.repeat(43)}`],
    ['signature in hex', `${head}.${body}.${Buffer.from(mac, 'base64url').toString('hex')}`],
    ['one letter more', `${token}A`],
    ['four parts', `${token}.x`],
    ['five parts', `${head}..${body}.${mac}.x`],
    ['the token twice', `${token},${token}`],
    ['a dot alone', '.'],
    ['two dots', '..'],
    ['100 KB', withClaims({ username: 'x'.repeat(75_000) })],
    ['4 KB', withClaims({ username: 'x'.repeat(3_500) })],
  ]);
};
