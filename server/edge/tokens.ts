import { SignJWT, base64url, jwtVerify, type JWTVerifyOptions } from 'jose';
import { uuid } from '../protocol/fields.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Queries } from '../storage/store.ts';

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
/** Tokens whose signature was checked lately; the oldest gives way. About 0.5 KiB each. */
const VERIFIED_MAX = 4096;

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
  const verified = new Map<string, Claims>();

  const remember = (token: string, claims: Claims): void => {
    if (verified.size >= VERIFIED_MAX) {
      const oldest = verified.keys().next();
      if (oldest.done !== true) verified.delete(oldest.value);
    }
    verified.set(token, claims);
  };

  const verifyAccess = async (token: string): Promise<Claims | null> => {
    if (token.length > TOKEN_MAX_LENGTH) return null;
    const now = clock.now();
    const known = verified.get(token);
    if (known !== undefined) {
      if (known.exp * 1000 > now) return known;
      verified.delete(token);
      return null;
    }
    const [header, claimed = '', signature = ''] = token.split('.');
    if (header !== HEADER_PART || !SIGNATURE_PART.test(signature)) return null;
    try {
      const { payload } = await jwtVerify(token, secret, { ...PINNED, currentDate: new Date(now) });
      // One token, one spelling: no claim twice, none that is not ours, no other letters for the same bytes.
      if (base64url.encode(JSON.stringify(payload)) !== claimed) return null;
      const claims = claimsOf(payload);
      if (claims !== null) remember(token, claims);
      return claims;
    } catch {
      // Whatever is wrong with a token, the answer is the same: it is not one of ours.
      return null;
    }
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
      const claims = await verifyAccess(token);
      if (claims === null) return null;
      const session = queries.session(claims.sid);
      if (session?.userId !== claims.sub || session.expiresAt <= clock.now()) return null;
      return {
        userId: claims.sub,
        username: session.username,
        sessionId: claims.sid,
        expiresAt: claims.exp * 1000,
      };
    },
  };
};

const claimsOf = (payload: Record<string, unknown>): Claims | null => {
  const { sub, username, sid, iat, exp } = payload;
  if (Object.keys(payload).length !== PINNED.requiredClaims.length || payload['aud'] !== AUDIENCE)
    return null;
  if (!uuid.safeParse(sub).success || !uuid.safeParse(sid).success) return null;
  if (typeof username !== 'string' || !Number.isSafeInteger(iat) || !Number.isSafeInteger(exp)) return null;
  return { sub: sub as string, username, sid: sid as string, iat: iat as number, exp: exp as number };
};
