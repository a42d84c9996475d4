import { jwtVerify, SignJWT, type JWTVerifyOptions } from 'jose';
import type { Identity, RequestIdentity } from '../../actors/services/tokens.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import { RecentMap } from '../../runtime/recent-map.ts';
import type { Queries } from '../../storage/reads.ts';
import type { SigningKeys } from './signing-keys.ts';

/** Seconds for which a link can be used. */
export const LINK_TTL_S = 60;
/** Links that were used lately. Only a download that begins uses one up, and few begin at a time. */
const USED = 4_096;

const ISSUER = 'parley';
const PINNED = {
  algorithms: ['HS256'],
  issuer: ISSUER,
  // Neither is that of an access token: one is never taken for the other.
  audience: 'parley-download',
  typ: 'download+jwt',
  requiredClaims: ['sub', 'sid', 'jti', 'iat', 'exp'],
  clockTolerance: 0,
} satisfies JWTVerifyOptions;

/** A link that may be used, of a session that exists. */
export interface OpenedLink {
  readonly who: Pick<RequestIdentity, 'userId' | 'username' | 'sessionId'>;
  /** From now on it cannot be used again, at this host. */
  readonly use: () => void;
}

export interface DownloadLinksDeps {
  readonly keys: SigningKeys;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly queries: Pick<Queries, 'session'>;
}

/** Tokens with which a browser downloads a file by itself, where no header can be set. Each stands for one session, and ends with
 *  it. */
export class DownloadLinks {
  readonly #deps: DownloadLinksDeps;
  readonly #used = new RecentMap<string, true>(USED);

  constructor(deps: DownloadLinksDeps) {
    this.#deps = deps;
  }

  issue({ userId, sessionId }: Pick<Identity, 'userId' | 'sessionId'>): Promise<string> {
    const { keys, clock, ids } = this.#deps;
    const iat = Math.floor(clock.now() / 1000);
    return new SignJWT({ sid: sessionId })
      .setProtectedHeader({ alg: 'HS256', typ: PINNED.typ })
      .setSubject(userId)
      .setJti(ids.next())
      .setIssuer(ISSUER)
      .setAudience(PINNED.audience)
      .setIssuedAt(iat)
      .setExpirationTime(iat + LINK_TTL_S)
      .sign(keys.current.secret);
  }

  /** Null for a link that is unknown, used or expired, or whose session has ended. */
  async open(token: string): Promise<OpenedLink | null> {
    const { clock, queries } = this.#deps;
    const claims = await this.#verified(token);
    if (claims === null || this.#used.get(claims.jti) === true) return null;
    const session = await queries.session(claims.sid);
    if (session?.userId !== claims.sub || session.expiresAt <= clock.now()) return null;
    return {
      who: { userId: claims.sub, username: session.username, sessionId: claims.sid },
      use: () => {
        this.#used.set(claims.jti, true);
      },
    };
  }

  async #verified(token: string): Promise<{ sub: string; sid: string; jti: string } | null> {
    const now = this.#deps.clock.now();
    for (const { secret } of this.#deps.keys.accepted(now)) {
      try {
        const { payload } = await jwtVerify(token, secret, { ...PINNED, currentDate: new Date(now) });
        const { sub, jti, sid } = payload;
        if (sub !== undefined && jti !== undefined && typeof sid === 'string') return { sub, sid, jti };
      } catch {
        // Every fault of a link has the same answer. It may be signed with the key before.
      }
    }
    return null;
  }
}
