import type { Failure } from '../model/model.ts';

/** A file on its way to the server, from the moment the user picked it. */
export interface OutgoingAttachment {
  /** Chosen here; the id of the attachment in a message that is not stored yet. */
  readonly key: string;
  readonly name: string;
  readonly type: string;
  /** Bytes of what is sent. */
  readonly size: number;
  /** `preparing`: a photo is being re-encoded. `waiting`: for a connection, or for its turn. `uploaded`: the server has it. `refused`: it will
   *  never be taken as it is, see `refusal`. */
  readonly state: 'preparing' | 'waiting' | 'uploading' | 'uploaded' | 'refused';
  /** Bytes that were sent. */
  readonly sent: number;
  readonly refusal: Failure | 'too-large' | 'unreadable' | null;
  /** The object URL of a small picture; null for what is no picture. */
  readonly picture: string | null;
  /** Whether the file is sent as it is, with all that it says of its place and camera; null for what is never re-encoded. */
  readonly original: boolean | null;
}
