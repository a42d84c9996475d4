import { createHash, createHmac } from 'node:crypto';
import type { Ids } from '../../runtime/ids.ts';

/** Refresh tokens [S2]: 256 bits, opaque, 43 letters of base64url. Only hashes are stored. */
const BYTES = 32;
const SHAPE = /^[A-Za-z0-9_-]{43}$/;

export const isRefreshToken = (text: string): boolean => SHAPE.test(text);

export const makeRefreshToken = (ids: Ids): string => Buffer.from(ids.random(BYTES)).toString('base64url');

/** What the store keeps. A fast hash is enough for 256 random bits. */
export const hashToken = (token: string): Uint8Array => createHash('sha256').update(token).digest();

/** The token that follows this one. Derived, not drawn, so that a retry whose answer was lost is given the same one
 *  although nothing but hashes is stored; without the key nobody can compute it. */
export const successorOf = (token: string, key: Uint8Array): string =>
  createHmac('sha256', key).update('parley refresh successor\0').update(token).digest('base64url');

/** A code of 128 bits, short enough to be read out. */
const makeCode = (ids: Ids): string => Buffer.from(ids.random(16)).toString('hex');

/** A code with which somebody may register. */
export const makeInvite = makeCode;

/** A one-time code for a new password [A10]. */
export const makeResetCode = makeCode;

/** What the store keeps of a code that somebody typed. */
export const hashTypedCode = (code: string): Uint8Array => hashToken(code.trim().toLowerCase());
