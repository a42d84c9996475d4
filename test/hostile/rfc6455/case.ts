/** One thing a peer may do on an open connection. */
export interface Case {
  readonly what: string;
  /** Chunks as they are written, one after the other. */
  readonly bytes: readonly Uint8Array[];
  /** What is heard of it, in order: `pong HEX`, `error CODE`, `close CODE` (`close` without one), `cut` where the
   *  connection ends without a close frame, `lives` where it goes on. */
  readonly heard: string;
  /** What the RFC would have instead, where uWebSockets.js does otherwise. */
  readonly rfc?: string;
}

export const LIVES = 'lives';
export const CUT = 'cut';
export const hex = (text: string | Uint8Array): string => Buffer.from(text as Uint8Array).toString('hex');

/** One byte a chunk. */
export const dripped = (bytes: Uint8Array): readonly Uint8Array[] =>
  [...bytes].map((byte) => Uint8Array.of(byte));
