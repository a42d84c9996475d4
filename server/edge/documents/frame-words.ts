import { SERVER_FRAMES, type ServerFrameType } from '../../protocol/down.ts';
import { CLIENT_FRAMES, type ClientFrameType } from '../../protocol/up.ts';
import { describe, type Described } from './describe.ts';
import { ANNA, BEN, CONVERSATION, DELETED, IDS, MESSAGE, TIMES, TOKENS } from './examples.ts';

/** What each frame from the client means. */
export const UP_MEANS: Readonly<Record<ClientFrameType, string>> = {
  message:
    'Sends a message. The `id` of the frame becomes the id of the message; a repeated id with the same content gets the first answer again. Answered by `ack` with status `sent`, or by `error`.',
  ack: 'Says that all messages up to this one were delivered or read. Has no answer.',
  presence: 'Makes this connection visible or invisible to others.',
  typing: 'Says that the user is typing, or has stopped. Not stored.',
  sync: 'Asks for all events after a cursor again. Ends with `sync`.',
  auth: 'Renews the access token of this connection. Answered by `auth`.',
  ping: 'Asks for a `pong`.',
  pong: 'Answers a `ping`.',
};

/** What each frame from the server means. */
export const DOWN_MEANS: Readonly<Record<ServerFrameType, string>> = {
  welcome: 'The first frame on every connection.',
  sync: 'The client has everything up to this cursor.',
  message: 'A message of one of the user’s conversations, sent by either of the two.',
  ack: 'A message was stored (`sent`), received (`delivered`) or read (`read`).',
  conversation: 'The user created or deleted a conversation, on this device or on another.',
  user: 'A user with whom a conversation is shared has deleted their account.',
  presence: 'Another user came online or went offline.',
  typing: 'The other user of a conversation is typing, or has stopped.',
  session: 'The session has ended; the connection is about to close.',
  auth: 'The new access token was accepted.',
  ping: 'Answer with `pong`; without any frame for one heartbeat the connection is closed with 4408.',
  pong: 'Answers a `ping`.',
  error: 'A frame was refused.',
};

const up = <T extends ClientFrameType>(
  type: T,
  fields: Parameters<typeof describe<(typeof CLIENT_FRAMES)[T]>>[2],
): Described => describe(CLIENT_FRAMES[type], `The payload of \`${type}\`.`, fields);
const down = <T extends ServerFrameType>(
  type: T,
  fields: Parameters<typeof describe<(typeof SERVER_FRAMES)[T]['payload']>>[2],
): Described => describe(SERVER_FRAMES[type].payload, `The payload of \`${type}\`.`, fields);

/** The payloads of all frames. A `message` from the server is the same resource as in HTTP. */
export const FRAME_WORDS: readonly Described[] = [
  up('message', {
    recipient_id: 'The user to write to. This or `conversation_id` is needed; both must fit together.',
    conversation_id: 'The conversation to write into.',
    content:
      'The text, 1 to 5000 code points, at least one of them visible, without NUL and lone surrogates. Stored as it is.',
  }),
  up('ack', {
    message_id: 'A message of the other user. All earlier ones of its conversation count too.',
    status: 'Whether they were received or read.',
  }),
  up('presence', { status: '`offline` makes the connection invisible.' }),
  up('typing', { conversation_id: 'Where the user is typing.', typing: 'False when they have stopped.' }),
  up('sync', { cursor: 'The last event the client has.' }),
  up('auth', { token: 'An access token of the same session.' }),
  up('ping', {}),
  up('pong', {}),
  down('welcome', {
    session_id: 'The session of the access token.',
    user_id: 'The user of the access token.',
    server_time: 'The clock of the server.',
    heartbeat_s: 'Seconds of silence after which the server sends `ping`.',
    cursor: 'Where the user’s event log ends now. Not yet a cursor to resume from.',
    history: 'The history that the server’s cursors belong to. The client keeps it beside its own cursor.',
    reset:
      'True when the cursor given belongs to another history: the client drops what it has cached, except for its outbox and drafts.',
    min_version: 'The oldest protocol version that the server speaks.',
  }),
  down('sync', { cursor: 'The cursor to resume from.', complete: 'Always true.' }),
  down('ack', {
    message_id: 'The message; for `delivered` and `read` all earlier ones too.',
    conversation_id: 'Its conversation.',
    seq: 'Its number in the conversation.',
    status: 'What has happened to it.',
    sent_at: 'When it was stored. Only for `sent`.',
    at: 'When this happened.',
  }),
  down('conversation', {
    change: 'What has happened.',
    conversation: 'The conversation, as it is afterwards.',
  }),
  down('user', { change: 'What has happened.', user: 'The user, as they are afterwards.' }),
  down('presence', {
    user_id: 'The other user.',
    status: 'Whether they are online.',
    last_seen: 'When they were last online; null if never.',
  }),
  down('typing', {
    conversation_id: 'Where the user is typing.',
    user_id: 'The other user.',
    typing: 'False when they have stopped.',
  }),
  down('session', { change: 'What has happened.', reason: 'Why, for people.' }),
  down('auth', { expires_at: 'When the new token ends.' }),
  down('ping', {}),
  down('pong', {}),
  down('error', {
    code: 'The kind of error, for programs; the same codes as in HTTP.',
    message: 'What is wrong, for people.',
    ref: 'The `id` of the frame that was refused, or null when none could be read.',
  }),
];

/** A payload of each kind from the client. */
export const UP_EXAMPLES: Readonly<Record<ClientFrameType, object>> = {
  message: { recipient_id: IDS.ben, content: MESSAGE.content },
  ack: { message_id: IDS.message, status: 'read' },
  presence: { status: 'offline' },
  typing: { conversation_id: IDS.conversation, typing: true },
  sync: { cursor: 41 },
  auth: { token: TOKENS.access_token },
  ping: {},
  pong: {},
};

/** A payload of each kind from the server. */
export const DOWN_EXAMPLES: Readonly<Record<ServerFrameType, object>> = {
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
