import type { EncodedPage } from '../services/helper.ts';

/** `mark`: the client waits for `sync` at the end, and knows that cursors may be left out until then. `undeliveredTo`: up to
 *  this cursor, only messages that no device has acknowledged; later events are sent in full, because the client cannot know
 *  them from the lists that it requested [O6]. */
export interface Reading {
  readonly undeliveredTo: number | null;
  readonly mark: boolean;
}

export type CatchUpPhase =
  | { readonly name: 'live' }
  | ReadingPhase
  /** The socket is full: live events are skipped, and read from the log once the socket has drained. */
  | { readonly name: 'lagging' };

/** A page is being read, or sent as fast as the socket accepts it. */
export interface ReadingPhase {
  readonly name: 'reading';
  readonly reading: Reading;
  page: PageState;
}

type PageState =
  /** It was asked for and has not arrived. */
  | { readonly name: 'asked' }
  /** It could not be read, and is asked for again after a pause. */
  | { readonly name: 'failed' }
  | SendingPage
  /** The socket has been full for too long. It is read again once the socket accepts more. */
  | { readonly name: 'dropped' };

export interface SendingPage {
  readonly name: 'sending';
  readonly page: EncodedPage;
  /** Index of the next event. */
  at: number;
  /** The page after this one, read while this one is sent. */
  ahead: EncodedPage | 'asked' | 'not asked';
}

export const LIVE: CatchUpPhase = { name: 'live' };
/** Of a connection that was live before. */
export const LIVE_READING: Reading = { undeliveredTo: null, mark: false };
export const ASKED: PageState = { name: 'asked' };
export const FAILED: PageState = { name: 'failed' };
export const DROPPED: PageState = { name: 'dropped' };
