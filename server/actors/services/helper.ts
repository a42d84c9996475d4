import type { JsonText } from '../../protocol/json-text.ts';
import type { Question } from '../../runtime/actor.ts';
import { refOf } from '../../runtime/address.ts';
import type { AskedLog, QueryName, Reads } from '../../storage/reads.ts';
import type { ShownPresence } from '../../storage/shown-presence.ts';

/** One query of the store's contract, answered in the helper pool for reading. */
export type QueryQuestion<Q extends QueryName = QueryName> = {
  readonly [N in Q]: {
    readonly type: 'query';
    readonly name: N;
    readonly args: Parameters<Reads[N]>;
  } & Question<ReturnType<Reads[N]>>;
}[Q];

/** The same as JSON, for answers that are sent as the store gives them. Null where the query answers null. */
export type JsonQuestion<Q extends QueryName = QueryName> = {
  readonly [N in Q]: {
    readonly type: 'json';
    readonly name: N;
    readonly args: Parameters<Reads[N]>;
  } & Question<JsonText<NonNullable<ReturnType<Reads[N]>>> | null>;
}[Q];

/** One page of a user's event log as text, encoded in the helper pool so that the edge only sends it. The page is stored in
 *  columns: an object for each event would cost five times as much on the way between two threads. */
export interface EncodedPage {
  readonly cursors: readonly number[];
  readonly frames: readonly string[];
  /** For messages of this user, by index: the id, and the `ack sent` that replaces the frame on the connection that sent it. */
  readonly sent: Readonly<Record<number, { readonly messageId: string; readonly ack: string }>>;
  /** By index: whose presence the frame shows. Absent: no frame shows any. */
  readonly shown?: Readonly<Record<number, ShownPresence>>;
  /** The log is known up to this number. */
  readonly cursor: number;
  readonly more: boolean;
}

type LogQuestion = {
  readonly type: 'log';
  readonly userId: string;
  readonly cursor: number;
  readonly limit: number;
  /** Only messages to this user that no device has acknowledged. */
  readonly undeliveredOnly: boolean;
} & Question<EncodedPage>;

/** One page for each of many users, in the order of the questions. */
type LogsQuestion = {
  readonly type: 'logs';
  readonly asked: readonly AskedLog[];
  /** Events of one page. */
  readonly limit: number;
} & Question<readonly EncodedPage[]>;

export type HelperQuestion =
  | QueryQuestion
  | JsonQuestion
  | LogQuestion
  | LogsQuestion
  | ({ readonly type: 'hash'; readonly password: string } & Question<string>)
  /** A null hash costs the same as a wrong password and answers `ok: false`. `outdated`: hash the password again. */
  | ({ readonly type: 'verify'; readonly password: string; readonly hash: string | null } & Question<{
      ok: boolean;
      outdated: boolean;
    }>);
export const helper = refOf<HelperQuestion>('helper', 'pool');
