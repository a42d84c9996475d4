import { SignJWT, base64url, jwtVerify, type JWTVerifyOptions } from 'jose';
import { uuid } from '../protocol/fields.ts';
import type { Clock } from '../runtime/clock.ts';
import { RecentMap } from '../runtime/recent-map.ts';
import type { Queries } from '../storage/store.ts';
import { openSignature } from './token-signature.ts';

/** What an access token says (SPEC §3). `exp` and `iat` in seconds since the epoch. */
export interface Claims {
  readonly sub: string;
  readonly username: string;
  readonly sid: string;
  readonly iat: number;
  readonly exp: number;
}

/** Someone whose token is good and whose session still stands. `expiresAt`: when the token ends, milliseconds. */
export interface Identity {
  readonly userId: string;
  readonly username: string;
  readonly sessionId: string;
  readonly expiresAt: number;
}

export interface Tokens {
  /** A signed access token; `expiresIn` in seconds. */
  issue(who: {
    userId: string;
    username: string;
    sessionId: string;
  }): Promise<{ token: string; expiresIn: number }>;
  /** The claims of a genuine token that has not run out, else null; never throws. */
  verifyAccess(token: string): Promise<Claims | null>;
  /** Also looks the session up, so that a revoked one is refused from the next request on. [P6] */
  authenticate(token: string): Promise<Identity | null>;
  /** The same judgement in the same turn, for opening handshakes: uWS can't take one up safely later. */
  authenticateNow(token: string): Identity | null;
}

export interface TokenOptions {
  /** At least 32 bytes. */
  readonly secret: Uint8Array;
  readonly accessTtlS: number;
  readonly clock: Clock;
  readonly queries: Pick<Queries, 'session'>;
}

const ISSUER = 'parley';
const AUDIENCE = 'parley';
const TYP = 'at+jwt';
const TOKEN_MAX_LENGTH = 4096;
/** The first part of every token of ours: what a token says of how it is to be checked (kid, jku, jwk, x5u, crit) is not
 *  ignored, it is refused. */
const HEADER = { alg: 'HS256', typ: TYP } as const;
const HEADER_PART = base64url.encode(JSON.stringify(HEADER));
/** 32 bytes in the one spelling they have: the last letter's two spare bits are zero. */
const SIGNATURE_PART = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
/** Tokens whose signature was checked lately. About 0.5 KiB each. */
const VERIFIED = 1024;
/** How far ahead of the clock a token may have been issued. One from further ahead was issued before the clock was set
 *  back, and would otherwise live longer than its time. */
const AHEAD_MS = 60_000;

/** Nothing is left to jose's defaults: these would take any HMAC, any issuer and tokens that never end. Who signs is
 *  who checks, on one clock, so there is no tolerance. */
const PINNED = {
  algorithms: ['HS256'],
  issuer: ISSUER,
  audience: AUDIENCE,
  typ: TYP,
  requiredClaims: ['sub', 'username', 'sid', 'iat', 'exp', 'iss', 'aud'],
  clockTolerance: 0,
} satisfies JWTVerifyOptions;

export const openTokens = ({ secret, accessTtlS, clock, queries }: TokenOptions): Tokens => {
  if (secret.length < 32) throw new Error('an access token key must hold at least 32 bytes');
  const verified = new RecentMap<string, Claims>(VERIFIED);
  const readSigned = openSignature(secret);

  /** What is known without looking at the signature: undefined when it has to be checked. */
  const recall = (token: string, now: number): Claims | null | undefined => {
    if (token.length > TOKEN_MAX_LENGTH) return null;
    const known = verified.get(token);
    if (known === undefined) return isWellSpelt(token) ? undefined : null;
    if (isTimely(known, now)) return known;
    verified.delete(token);
    return null;
  };

  const verifyAccess = async (token: string): Promise<Claims | null> => {
    const now = clock.now();
    const known = recall(token, now);
    if (known !== undefined) return known;
    try {
      const { payload } = await jwtVerify(token, secret, { ...PINNED, currentDate: new Date(now) });
      const claims = claimsOf(payload, token);
      if (claims === null || !isTimely(claims, now)) return null;
      verified.set(token, claims);
      return claims;
    } catch {
      // Whatever is wrong with a token, the answer is the same: it is not one of ours.
      return null;
    }
  };

  /** By the rules of `PINNED`, which jose can apply only in a later turn: header and signature as spelt by us, the issuer, and what
   *  `claimsOf` and `isTimely` see to. A table of tokens holds the two ways against each other. */
  const verifyNow = (token: string): Claims | null => {
    const now = clock.now();
    const known = recall(token, now);
    if (known !== undefined) return known;
    const payload = readSigned(token);
    const claims = payload?.['iss'] === ISSUER ? claimsOf(payload, token) : null;
    if (claims === null || !isTimely(claims, now)) return null;
    verified.set(token, claims);
    return claims;
  };

  const identityOf = (claims: Claims | null): Identity | null => {
    if (claims === null) return null;
    const session = queries.session(claims.sid);
    if (session?.userId !== claims.sub || session.expiresAt <= clock.now()) return null;
    return {
      userId: claims.sub,
      username: session.username,
      sessionId: claims.sid,
      expiresAt: claims.exp * 1000,
    };
  };

  return {
    async issue({ userId, username, sessionId }) {
      const iat = Math.floor(clock.now() / 1000);
      const token = await new SignJWT({ username, sid: sessionId })
        .setProtectedHeader(HEADER)
        .setSubject(userId)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt(iat)
        .setExpirationTime(iat + accessTtlS)
        .sign(secret);
      return { token, expiresIn: accessTtlS };
    },
    verifyAccess,
    async authenticate(token) {
      return identityOf(await verifyAccess(token));
    },
    authenticateNow(token) {
      return identityOf(verifyNow(token));
    },
  };
};

const isTimely = ({ iat, exp }: Claims, now: number): boolean =>
  exp * 1000 > now && iat * 1000 <= now + AHEAD_MS;

const isWellSpelt = (token: string): boolean => {
  const [header, , signature = ''] = token.split('.');
  return header === HEADER_PART && SIGNATURE_PART.test(signature);
};

/** The claims of a token, all of them and no other. One token has one spelling: no claim stands twice, and no other letters for
 *  the same bytes. */
const claimsOf = (payload: Readonly<Record<string, unknown>>, token: string): Claims | null => {
  const { sub, username, sid, iat, exp, aud } = payload;
  if (Buffer.from(JSON.stringify(payload)).toString('base64url') !== token.split('.')[1]) return null;
  if (Object.keys(payload).length !== PINNED.requiredClaims.length || aud !== AUDIENCE) return null;
  if (!uuid.safeParse(sub).success || !uuid.safeParse(sid).success) return null;
  if (typeof username !== 'string' || !Number.isSafeInteger(iat) || !Number.isSafeInteger(exp)) return null;
  return { sub: sub as string, username, sid: sid as string, iat: iat as number, exp: exp as number };
};
