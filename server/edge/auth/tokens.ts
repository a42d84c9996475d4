import { SignJWT, base64url, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import { uuid } from '../../protocol/fields.ts';
import type { Clock } from '../../runtime/clock.ts';
import { RecentMap } from '../../runtime/recent-map.ts';
import type { Queries, Reads } from '../../storage/reads.ts';
import type { Identity, RequestIdentity } from '../../actors/services/tokens.ts';
import type { SigningKeys } from './signing-keys.ts';

/** The claims of an access token. `exp` and `iat` are seconds since the epoch. */
interface Claims {
  readonly sub: string;
  readonly username: string;
  readonly sid: string;
  readonly iat: number;
  readonly exp: number;
}

export interface AccessTokens {
  /** A signed access token; `expiresIn` in seconds. */
  issue(who: {
    userId: string;
    username: string;
    sessionId: string;
  }): Promise<{ token: string; expiresIn: number }>;
  /** The claims of a genuine token that has not run out, else null; never throws. */
  verifyAccess(token: string): Promise<Claims | null>;
  /** Also looks the session up, so that a revoked one is refused from the next request on, and a role that was taken away counts no
   *  more. [P6] */
  authenticate(token: string): Promise<RequestIdentity | null>;
  /** Like `authenticate`, but in the same turn, for opening handshakes: uWS cannot safely upgrade a request later. Where the store
   *  answers later, the session is not looked up: the connection does that before it sends anything [P6]. */
  authenticateNow(token: string): Identity | null;
}

export interface TokenOptions {
  readonly keys: SigningKeys;
  readonly accessTtlS: number;
  readonly clock: Clock;
  readonly queries: Pick<Queries, 'session'>;
  /** `session`, from a store that answers at once; null if it is behind a network. */
  readonly sessionNow: Reads['session'] | null;
}

const ISSUER = 'parley';
const AUDIENCE = 'parley';
const TYP = 'at+jwt';
const TOKEN_MAX_LENGTH = 4096;
/** The header of every token. A token with any other header field (kid, jku, jwk, x5u, crit) is refused, because such fields
 *  tell the server how to check the token. */
const HEADER = { alg: 'HS256', typ: TYP } as const;
const HEADER_PART = base64url.encode(JSON.stringify(HEADER));
/** 32 bytes in the one spelling they have: the last letter's two spare bits are zero. */
const SIGNATURE_PART = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
/** Tokens whose signature was checked lately. About 0.5 KiB each. */
const VERIFIED = 1024;
/** How far ahead of the clock a token may have been issued. One from further ahead was issued before the clock was set
 *  back, and would otherwise live longer than its time. */
const AHEAD_MS = 60_000;

/** Nothing is left to jose's defaults, which would accept any HMAC, any issuer, and tokens without an expiry. The same server
 *  signs and checks, with one clock, so there is no tolerance. */
const PINNED = {
  algorithms: ['HS256'],
  issuer: ISSUER,
  audience: AUDIENCE,
  typ: TYP,
  requiredClaims: ['sub', 'username', 'sid', 'iat', 'exp', 'iss', 'aud'],
  clockTolerance: 0,
} satisfies JWTVerifyOptions;

export const openTokens = ({ keys, accessTtlS, clock, queries, sessionNow }: TokenOptions): AccessTokens => {
  const verified = new RecentMap<string, Claims>(VERIFIED);

  /** The cached claims or refusal of a token; undefined if its signature has to be checked. */
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
    const payload = await verifiedPayload(token, keys, now);
    const claims = payload === null ? null : claimsOf(payload, token);
    if (claims === null || !isTimely(claims, now)) return null;
    verified.set(token, claims);
    return claims;
  };

  /** Synchronous check by the rules of `PINNED`, which jose can apply only asynchronously: exact header and signature, the
   *  issuer, and the checks of `claimsOf` and `isTimely`. A test compares both ways with a table of tokens. */
  const verifyNow = (token: string): Claims | null => {
    const now = clock.now();
    const known = recall(token, now);
    if (known !== undefined) return known;
    const payload = signedPayload(token, keys, now);
    const claims = payload?.['iss'] === ISSUER ? claimsOf(payload, token) : null;
    if (claims === null || !isTimely(claims, now)) return null;
    verified.set(token, claims);
    return claims;
  };

  const identityOf = (claims: Claims, session: ReturnType<Reads['session']>): RequestIdentity | null => {
    if (session?.userId !== claims.sub || session.expiresAt <= clock.now()) return null;
    return {
      userId: claims.sub,
      username: session.username,
      role: session.role,
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
        .sign(keys.current.secret);
      return { token, expiresIn: accessTtlS };
    },
    verifyAccess,
    async authenticate(token) {
      const claims = await verifyAccess(token);
      return claims === null ? null : identityOf(claims, await queries.session(claims.sid));
    },
    authenticateNow(token) {
      const claims = verifyNow(token);
      if (claims === null) return null;
      const { sub: userId, sid, exp } = claims;
      const isGenuine = sessionNow === null || identityOf(claims, sessionNow(sid)) !== null;
      return isGenuine ? { userId, sessionId: sid, expiresAt: exp * 1000 } : null;
    },
  };
};

const verifiedPayload = async (token: string, keys: SigningKeys, now: number): Promise<JWTPayload | null> => {
  for (const { secret } of keys.accepted(now)) {
    try {
      return (await jwtVerify(token, secret, { ...PINNED, currentDate: new Date(now) })).payload;
    } catch {
      // Every fault of a token has the same answer. It may be signed with the key before.
    }
  }
  return null;
};

const signedPayload = (token: string, keys: SigningKeys, now: number) => {
  for (const { read } of keys.accepted(now)) {
    const payload = read(token);
    if (payload !== null) return payload;
  }
  return null;
};

const isTimely = ({ iat, exp }: Claims, now: number): boolean =>
  exp * 1000 > now && iat * 1000 <= now + AHEAD_MS;

const isWellSpelt = (token: string): boolean => {
  const [header, , signature = ''] = token.split('.');
  return header === HEADER_PART && SIGNATURE_PART.test(signature);
};

/** The claims of a token: exactly the expected ones. A token has only one spelling: no repeated claim, and no other characters
 *  for the same bytes. */
const claimsOf = (payload: Readonly<Record<string, unknown>>, token: string): Claims | null => {
  const { sub, username, sid, iat, exp, aud } = payload;
  if (Buffer.from(JSON.stringify(payload)).toString('base64url') !== token.split('.')[1]) return null;
  if (Object.keys(payload).length !== PINNED.requiredClaims.length || aud !== AUDIENCE) return null;
  if (!uuid.safeParse(sub).success || !uuid.safeParse(sid).success) return null;
  if (typeof username !== 'string' || !Number.isSafeInteger(iat) || !Number.isSafeInteger(exp)) return null;
  return { sub: sub as string, username, sid: sid as string, iat: iat as number, exp: exp as number };
};
