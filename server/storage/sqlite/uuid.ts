/** UUIDs are text outside and 16 bytes inside. The caller has checked the text's form. */
export const toBlob = (uuid: string): Buffer =>
  Buffer.from(
    uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(14, 18) + uuid.slice(19, 23) + uuid.slice(24),
    'hex',
  );

export const fromBlob = (blob: Uint8Array): string => fromHex((blob as Buffer).toString('hex'));

/** An id's 32 digits as a column of a query, which takes a third of the time of its bytes; empty where there is none. */
export const hexOf = (column: string): string => `lower(hex(${column}))`;

/** From its 32 digits. */
export const fromHex = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;

const BYTES = 16;

/** Several ids in one value, in their order; null for none. */
export const toBlobs = (ids: readonly string[]): Buffer => Buffer.concat(ids.map(toBlob));
export const fromBlobs = (blobs: Buffer | null): readonly string[] =>
  blobs === null
    ? []
    : Array.from({ length: blobs.length / BYTES }, (_, at) =>
        fromBlob(blobs.subarray(at * BYTES, (at + 1) * BYTES)),
      );
