import type { SentMessage } from '../protocol/encode.ts';
import type { CloseCode } from '../protocol/errors.ts';
import type { Question } from '../runtime/actor.ts';
import { forwardingRefOf, refOf } from '../runtime/address.ts';
import type { Pair, Queries, QueryName, WriteName, Writes } from '../storage/store.ts';
import type { ResumePoint } from './resume.ts';

/** The parts an actor talks to that are not actors: the writer thread, the helper pool, the edge. */

export type WriteQuestion<W extends WriteName = WriteName> = {
  readonly [N in W]: { readonly type: N; readonly input: Writes[N]['in'] } & Question<Writes[N]['out']>;
}[W];
export const writer = refOf<WriteQuestion>('writer', 'main');

export type QueryQuestion<Q extends QueryName = QueryName> = {
  readonly [N in Q]: {
    readonly type: 'query';
    readonly name: N;
    readonly args: Parameters<Queries[N]>;
  } & Question<ReturnType<Queries[N]>>;
}[Q];
export type HelperQuestion =
  | QueryQuestion
  | LogQuestion
  | ({ readonly type: 'hash'; readonly password: string } & Question<string>)
  /** A null hash costs the same as a wrong password and answers `ok: false`. `outdated`: hash again. */
  | ({ readonly type: 'verify'; readonly password: string; readonly hash: string | null } & Question<{
      ok: boolean;
      outdated: boolean;
    }>);
export const helper = refOf<HelperQuestion>('helper', 'pool');

export type EdgeMessage =
  /** A numbered event, already encoded, for every connection of one person but `except`. */
  | {
      readonly type: 'deliver';
      readonly userId: string;
      readonly cursor: number;
      readonly frame: string;
      readonly except?: string;
    }
  /** A message that was committed, for all connections of both people but the one that sent it. */
  | ({
      readonly type: 'posted';
      readonly senderCursor: number;
      readonly recipientCursor: number;
      readonly except: string;
    } & SentMessage)
  | {
      readonly type: 'typing';
      readonly conversationId: string;
      readonly userId: string;
      readonly peerId: string;
      readonly typing: boolean;
    }
  /** A frame without a number for every connection of these people; may be dropped under pressure. */
  | {
      readonly type: 'ephemeral';
      readonly userIds: readonly string[];
      readonly frame: string;
      /** Whose state it tells: under pressure the newest of each is kept for later instead. */
      readonly about?: string;
    }
  /** Close the sockets of these sessions, after a `session revoked` frame. */
  | {
      readonly type: 'revoke';
      readonly userId: string;
      readonly sessionIds: readonly string[];
      readonly code: CloseCode;
      readonly reason: string;
    };

/** What a session may be told. */
export type SessionMessage =
  | ({ readonly type: 'open' } & ResumePoint)
  | { readonly type: 'frame'; readonly text: string }
  | { readonly type: 'too-big' }
  | { readonly type: 'drained' }
  | { readonly type: 'event'; readonly cursor: number; readonly frame: string }
  | { readonly type: 'ephemeral'; readonly frame: string; readonly about?: string | undefined }
  | { readonly type: 'close'; readonly code: CloseCode; readonly reason: string; readonly revoked: boolean }
  /** Live pushes may have been lost: compare with the log. */
  | { readonly type: 'verify' };

export type ConversationMessage =
  | ({
      readonly type: 'post';
      readonly messageId: string;
      readonly senderId: string;
      readonly content: string;
    } & Question<Writes['appendMessage']['out']>)
  /** `readerId` has got (or read) the other person's messages up to `seq`. */
  | {
      readonly type: 'mark';
      readonly readerId: string;
      readonly conversationId: string;
      readonly seq: number;
      readonly status: 'delivered' | 'read';
    }
  | {
      readonly type: 'typing';
      readonly userId: string;
      readonly conversationId: string;
      readonly typing: boolean;
    };

export interface Connection {
  readonly socketId: string;
  readonly sessionId: string;
  readonly ipAddress: string;
  /** False: this connection appears offline. */
  readonly visible: boolean;
}
export type UserMessage =
  | { readonly type: 'connected'; readonly connection: Connection }
  | { readonly type: 'disconnected'; readonly socketId: string }
  /** This person has written to `peerId` for the first time: who sees their presence from now on is told how it stands. [S7] */
  | { readonly type: 'introduce'; readonly peerId: string }
  /** The whole truth, after this actor's thread was lost. */
  | { readonly type: 'roster'; readonly connections: readonly Connection[] };

export const edge = refOf<EdgeMessage>('edge', 'main');

export const pairOf = (a: string, b: string): Pair =>
  a < b ? { first: a, second: b } : { first: b, second: a };

/** One page of a person's log as text, encoded in the helper pool so that the edge only sends. In columns: objects of their own cost
 *  five times as much on the way between two threads. */
export interface EncodedPage {
  readonly cursors: readonly number[];
  readonly frames: readonly string[];
  /** For messages of this person, by place: the id, and the `ack sent` that the connection it came from gets in its place. */
  readonly sent: Readonly<Record<number, { readonly messageId: string; readonly ack: string }>>;
  /** Up to which number everything is known. */
  readonly cursor: number;
  readonly more: boolean;
}
export type LogQuestion = {
  readonly type: 'log';
  readonly userId: string;
  readonly cursor: number;
  readonly limit: number;
  /** Only messages to this person that no device has acknowledged. */
  readonly undeliveredOnly: boolean;
} & Question<EncodedPage>;

/** Posts are answered by the writer, to which the conversation forwards them. */
export const conversation = (pair: Pair) =>
  forwardingRefOf<ConversationMessage>('conversation', `${pair.first}+${pair.second}`, 'writer');
export const user = (userId: string) => refOf<UserMessage>('user', userId);
export const session = (socketId: string) => refOf<SessionMessage>('session', socketId);
