import { createECDH, createPrivateKey, hkdfSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Clock } from '../../runtime/clock.ts';
import { RecentMap } from '../../runtime/recent-map.ts';

/** The order of P-256. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const PURPOSE = 'parley/vapid/1';
/** Longer than the order, so that no key is likelier than another (FIPS 186-5, A.2.1). */
const DERIVED_BYTES = 48;
/** Push services take no token that is good for more than a day. */
const TOKEN_TTL_S = 12 * 3600;
const RENEWED_MS = 6 * 3_600_000;
/** Push services of which a token is kept: there are a handful of public ones. */
const SERVICES = 64;

interface Token {
  readonly text: Promise<string>;
  readonly madeAt: number;
}

/** Says to push services which server a push comes from (RFC 8292). The key is derived from a secret that the server keeps anyway and that
 *  all hosts of a database share: a browser accepts pushes from the key alone that it subscribed with. */
export class Vapid {
  /** Uncompressed, in base64url: what clients subscribe with. */
  readonly publicKey: string;
  readonly #key: KeyObject;
  readonly #subject: string;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #tokens = new RecentMap<string, Token>(SERVICES);

  /** `subject`: whom operators of push services may write to, a `mailto:` or `https:` URL. */
  constructor(secret: Uint8Array, subject: string, clock: Pick<Clock, 'now'>) {
    const derived = Buffer.from(hkdfSync('sha256', secret, '', PURPOSE, DERIVED_BYTES));
    const scalar = (BigInt(`0x${derived.toString('hex')}`) % (ORDER - 1n)) + 1n;
    const d = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex');
    const curve = createECDH('prime256v1');
    curve.setPrivateKey(d);
    const point = curve.getPublicKey();
    const text = (part: Buffer): string => part.toString('base64url');
    const jwk = { x: text(point.subarray(1, 33)), y: text(point.subarray(33)), d: text(d) };
    this.#key = createPrivateKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', ...jwk } });
    this.publicKey = text(point);
    this.#subject = subject;
    this.#clock = clock;
  }

  /** The `Authorization` header for pushes to a service, named by its origin. */
  async authorization(origin: string): Promise<string> {
    const now = this.#clock.now();
    let token = this.#tokens.get(origin);
    if (token === undefined || Math.abs(now - token.madeAt) > RENEWED_MS) {
      token = { text: this.#sign(origin, now), madeAt: now };
      this.#tokens.set(origin, token);
    }
    return `vapid t=${await token.text}, k=${this.publicKey}`;
  }

  #sign(origin: string, now: number): Promise<string> {
    return new SignJWT()
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT' })
      .setAudience(origin)
      .setSubject(this.#subject)
      .setExpirationTime(Math.floor(now / 1000) + TOKEN_TTL_S)
      .sign(this.#key);
  }
}
