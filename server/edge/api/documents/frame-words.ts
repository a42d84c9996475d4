import type * as z from 'zod/mini';
import { SERVER_FRAMES, type ServerFrameType } from '../../../protocol/server-frames.ts';
import { CLIENT_FRAMES, type ClientFrameType } from '../../../protocol/client-frames.ts';
import type { Described, Words } from './describe.ts';
import { ANNA, BEN, CONVERSATION, DELETED, IDS, MESSAGE, TIMES, TOKENS } from './examples.ts';

/** The description of each field of a payload. */
type FieldsOf<S extends z.ZodMiniObject> = { readonly [F in keyof S['shape']]: string };

/** A type or a field without a description does not compile. */
const CLIENT_FIELDS: { readonly [T in ClientFrameType]: FieldsOf<(typeof CLIENT_FRAMES)[T]['payload']> } = {
  message: {
    recipient_id:
      'The recipient. Either this or `conversation_id` is required; if both are given, they must match.',
    conversation_id: 'The conversation to send the message to.',
    content:
      'The text: 1 to 5000 code points, at least one of them visible, no NUL and no lone surrogates. Stored unchanged. With `attachments` it may also be empty.',
    reply_to: 'The id of a message of the same conversation to which this one replies.',
    attachments:
      'The ids of attachments that the sender has uploaded and not sent yet, each once, in the order in which the message shows them.',
  },
  ack: {
    message_id:
      'A message of the other user. The receipt covers all earlier messages of the conversation as well.',
    status: 'Whether the messages were delivered or read.',
  },
  reaction: {
    message_id: 'A message of one of the user’s conversations.',
    emoji: 'Exactly one emoji, as Unicode recommends it for interchange (RGI); null takes the reaction back.',
  },
  presence: { status: '`offline` makes the connection invisible.' },
  typing: {
    conversation_id: 'The conversation in which the user is typing.',
    typing: 'False when the user has stopped.',
  },
  sync: { cursor: 'The cursor of the last event that the client has.' },
  auth: { token: 'A newer access token of the same session.' },
  ping: {},
  pong: {},
};

/** A `message` from the server is the same resource as in HTTP, and is described there. */
const SERVER_FIELDS: {
  readonly [T in Exclude<ServerFrameType, 'message'>]: FieldsOf<(typeof SERVER_FRAMES)[T]['payload']>;
} = {
  welcome: {
    session_id: 'The session to which the access token belongs.',
    user_id: 'The user to whom the access token belongs.',
    server_time: 'The current time by the server’s clock.',
    heartbeat_s: 'Seconds of silence after which the server sends `ping`.',
    cursor:
      'The end of the user’s event log at this moment. Do not resume from it: the events up to it have yet to arrive.',
    history:
      'The id of the history to which the server’s cursors belong. The client stores it together with its own cursor.',
    reset:
      'True if the cursor that the client gave belongs to another history. The client then drops everything it has cached, except for its outbox and drafts.',
    min_version: 'The oldest protocol version that the server speaks.',
  },
  sync: {
    cursor: 'The cursor to resume from.',
    complete: 'Always true: everything up to `cursor` has been sent.',
  },
  ack: {
    message_id:
      'The message. For `delivered` and `read`, all earlier messages of the same sender are covered too.',
    conversation_id: 'The conversation of the message.',
    seq: 'The position of the message in the conversation.',
    status: 'What has happened to the message.',
    sent_at: 'When the message was stored. Only for `sent`.',
    emoji: 'The emoji that the user asked for; null if the reaction was taken back. Only for `reacted`.',
    at: 'When this happened.',
  },
  reaction: {
    message_id: 'The message that the reaction is for.',
    conversation_id: 'The conversation of the message.',
    seq: 'The position of the message in the conversation.',
    user_id: 'The user whose reaction it is.',
    emoji: 'The emoji; null if the user took the reaction back.',
    at: 'When the reaction was stored.',
  },
  conversation: {
    change: 'What has happened to the conversation.',
    conversation: 'The conversation after the change.',
  },
  user: { change: 'What has happened to the user.', user: 'The user after the change.' },
  presence: {
    user_id: 'The user whose presence changed.',
    status: 'Whether that user is online; null if the user may not see it any more.',
    last_seen: 'When that user was last online; null if never, or if the user may not see it any more.',
  },
  typing: {
    conversation_id: 'The conversation in which that user is typing.',
    user_id: 'The user who is typing.',
    typing: 'False when that user has stopped.',
  },
  session: {
    change: 'What has happened to the session.',
    reason: 'The reason, in words for people.',
  },
  auth: { expires_at: 'When the new access token expires.' },
  ping: {},
  pong: {},
  error: {
    code: 'The error code, for programs. The codes are the same as in HTTP.',
    message: 'What is wrong, in words for people.',
    ref: 'The `id` of the frame that was refused; null if it could not be read.',
  },
};

const wordsOf = <T extends string>(
  frames: Readonly<Record<T, { readonly payload: z.ZodMiniObject }>>,
  fields: Readonly<Record<T, Words['fields']>>,
): readonly Described[] =>
  (Object.keys(fields) as T[]).map((type) => [
    frames[type].payload,
    { summary: `The payload of \`${type}\`.`, fields: fields[type] },
  ]);

/** The payloads of all frames. */
export const FRAME_WORDS: readonly Described[] = [
  ...wordsOf(CLIENT_FRAMES, CLIENT_FIELDS),
  ...wordsOf<keyof typeof SERVER_FIELDS>(SERVER_FRAMES, SERVER_FIELDS),
];

/** An example payload for each client frame type. */
export const CLIENT_FRAME_EXAMPLES: Readonly<Record<ClientFrameType, object>> = {
  message: { recipient_id: IDS.ben, content: MESSAGE.content },
  ack: { message_id: IDS.message, status: 'read' },
  reaction: { message_id: IDS.message, emoji: '👍' },
  presence: { status: 'offline' },
  typing: { conversation_id: IDS.conversation, typing: true },
  sync: { cursor: 41 },
  auth: { token: TOKENS.access_token },
  ping: {},
  pong: {},
};

/** An example payload for each server frame type. */
export const SERVER_FRAME_EXAMPLES: Readonly<Record<ServerFrameType, object>> = {
  welcome: {
    session_id: IDS.session,
    user_id: ANNA.id,
    server_time: TIMES.read,
    heartbeat_s: 30,
    cursor: 42,
    history: IDS.history,
    reset: false,
    min_version: 1,
  },
  sync: { cursor: 42, complete: true },
  message: MESSAGE,
  ack: {
    message_id: IDS.message,
    conversation_id: IDS.conversation,
    seq: 1,
    status: 'sent',
    sent_at: TIMES.sent,
    at: TIMES.sent,
  },
  reaction: {
    message_id: IDS.message,
    conversation_id: IDS.conversation,
    seq: 1,
    user_id: IDS.ben,
    emoji: '👍',
    at: TIMES.read,
  },
  conversation: { change: 'created', conversation: CONVERSATION },
  user: { change: 'deleted', user: DELETED },
  presence: { user_id: BEN.id, status: 'online', last_seen: TIMES.read },
  typing: { conversation_id: IDS.conversation, user_id: BEN.id, typing: true },
  session: { change: 'revoked', reason: 'logged out' },
  auth: { expires_at: TIMES.read },
  ping: {},
  pong: {},
  error: { code: 'bad_request', message: 'payload: content: must not be empty', ref: IDS.message },
};
