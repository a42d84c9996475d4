import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { RecentMap } from '../runtime/recent-map.ts';

/** Of the envelope and of the notice in it. Hosts of an older version cannot read a newer one, and compare with the database. */
export const SEAL_VERSION = 1;
const MAGIC = [0x50, 0x4e] as const; // "PN": other programs' bytes are no newer version of ours.
const INFO = 'notifier/1';
const CIPHER = 'aes-256-gcm';
const HOST_ID_BYTES = 16;
const NUMBER_BYTES = 8;
const HEAD_BYTES = MAGIC.length + 1 + HOST_ID_BYTES + NUMBER_BYTES;
const TAG_BYTES = 16;
const IV_BYTES = 12;

/** A broker that takes text only (PostgreSQL: less than 8,000 bytes) gets at most this much of it, in base64. */
const ENCODED_MAX_BYTES = 7_000;
const SEALED_MAX_BYTES = (ENCODED_MAX_BYTES / 4) * 3;
/** What fits into one sealed notice. */
export const PAYLOAD_MAX_BYTES = SEALED_MAX_BYTES - HEAD_BYTES - TAG_BYTES;

/** The other hosts whose keys are kept. */
const KEYS_MAX = 64;

export interface NoticeEnvelope {
  /** New with each start of a host. */
  readonly hostId: string;
  /** Rises by one with each envelope of the host, from 1. */
  readonly number: number;
  /** Empty in a heartbeat. */
  readonly payload: Uint8Array;
}
export type Opened =
  | { readonly kind: 'opened'; readonly envelope: NoticeEnvelope }
  | { readonly kind: 'newer-version' }
  /** Not sealed by a host of this cluster, or damaged. */
  | { readonly kind: 'refused' };

/** Seals what a host publishes, and opens what it hears, so that the broker and others on it can neither read a notice nor make one.
 *  Each host id has a key of its own, which all hosts can derive. Under it the number of an envelope is the nonce, so a number
 *  must not come twice. */
export class NoticeSeal {
  readonly #secret: string | Uint8Array;
  readonly #hostId: Buffer;
  readonly #ownKey: Buffer;
  readonly #keys = new RecentMap<string, Buffer>(KEYS_MAX);

  /** `hostId`: a UUID that no other process had or has. */
  constructor(secret: string | Uint8Array, hostId: string) {
    this.#secret = secret;
    this.#hostId = Buffer.from(hostId.replaceAll('-', ''), 'hex');
    this.#ownKey = this.#keyOf(this.#hostId);
  }

  seal(number: number, payload: Uint8Array): Uint8Array {
    const head = Buffer.alloc(HEAD_BYTES);
    head.set([...MAGIC, SEAL_VERSION]);
    head.set(this.#hostId, MAGIC.length + 1);
    head.writeBigUInt64BE(BigInt(number), HEAD_BYTES - NUMBER_BYTES);
    const cipher = createCipheriv(CIPHER, this.#ownKey, nonceOf(head)).setAAD(head);
    return Buffer.concat([head, cipher.update(payload), cipher.final(), cipher.getAuthTag()]);
  }

  /** Never throws, whatever the bytes are. */
  open(bytes: Uint8Array): Opened {
    const sealed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const version = sealed[MAGIC.length] ?? 0;
    if (!MAGIC.every((byte, at) => sealed[at] === byte) || version < SEAL_VERSION) return REFUSED;
    if (version > SEAL_VERSION) return { kind: 'newer-version' };
    if (sealed.length < HEAD_BYTES + TAG_BYTES || sealed.length > SEALED_MAX_BYTES) return REFUSED;
    return this.#decrypt(sealed);
  }

  #decrypt(sealed: Buffer): Opened {
    const head = sealed.subarray(0, HEAD_BYTES);
    const number = Number(head.readBigUInt64BE(HEAD_BYTES - NUMBER_BYTES));
    if (!Number.isSafeInteger(number) || number < 1) return REFUSED;
    const host = head.subarray(MAGIC.length + 1, HEAD_BYTES - NUMBER_BYTES);
    const hostId = uuidOf(host);
    const key = this.#keys.get(hostId) ?? this.#keyOf(host);
    try {
      const decipher = createDecipheriv(CIPHER, key, nonceOf(head), { authTagLength: TAG_BYTES })
        .setAAD(head)
        .setAuthTag(sealed.subarray(-TAG_BYTES));
      const payload = Buffer.concat([
        decipher.update(sealed.subarray(HEAD_BYTES, -TAG_BYTES)),
        decipher.final(),
      ]);
      // Only now: whoever forges host ids must not push out the keys of real ones.
      if (this.#keys.get(hostId) === undefined) this.#keys.set(hostId, key);
      return { kind: 'opened', envelope: { hostId, number, payload } };
    } catch {
      return REFUSED;
    }
  }

  #keyOf(hostId: Uint8Array): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#secret, hostId, INFO, 32));
  }
}

const REFUSED: Opened = { kind: 'refused' };

const nonceOf = (head: Buffer): Buffer => {
  const nonce = Buffer.alloc(IV_BYTES);
  head.copy(nonce, IV_BYTES - NUMBER_BYTES, HEAD_BYTES - NUMBER_BYTES);
  return nonce;
};

const uuidOf = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
