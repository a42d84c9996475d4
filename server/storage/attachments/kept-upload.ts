import { createHash } from 'node:crypto';
import { ParleyError } from '../../protocol/errors.ts';

/** Whose upload it is, and what its head says of the file. */
export interface KeptHead {
  readonly userId: string;
  readonly name: string;
  readonly type: string;
}

/** An upload of which bytes are kept, so that it can be continued [G9]. `size`: of the whole file; `received`: of what is there. */
export interface KeptUpload extends KeptHead {
  readonly size: number;
  readonly received: number;
}

/** One that goes on from here. */
export interface ContinuedUpload extends KeptHead {
  readonly from: number;
}

/** The id of the attachment that an upload of this user becomes. Because it follows from the key, a repeat of an upload that was completed finds
 *  its attachment, and nothing else has to be remembered. Nobody else's key leads to it. */
export const uploadId = (userId: string, key: string): string => {
  const hash = createHash('sha256').update(`parley upload ${userId} ${key}`).digest();
  // A UUID of version 8: made as its maker likes (RFC 9562).
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

/** @throws ParleyError `conflict` with what is kept, unless these bytes continue it. `kept`: null if nothing is known of the upload. */
export const checkContinues = (
  kept: KeptUpload | null,
  { name, type, from }: ContinuedUpload,
  size: number,
): void => {
  const received = kept?.received ?? 0;
  if (kept !== null && (kept.size !== size || kept.name !== name || kept.type !== type))
    throw new ParleyError('conflict', 'This key is that of another file.', { received });
  if (from !== received)
    throw new ParleyError('conflict', 'The upload goes on from another byte.', { received });
};

/** For whoever brought bytes of an upload that somebody else continues now. */
export const continuedElsewhere = (): ParleyError =>
  new ParleyError('conflict', 'Another request continues this upload.');
