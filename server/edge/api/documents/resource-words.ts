import {
  attachment,
  attachmentLimits,
  uploadParams,
  uploadState,
} from '../../../protocol/resources/attachment.ts';
import { healthAnswer, livenessAnswer } from '../../../protocol/resources/health.ts';
import { problem } from '../../../protocol/resources/problem.ts';
import { conversation } from '../../../protocol/resources/conversation.ts';
import { deletedUser, livingUser, ownAccount, user } from '../../../protocol/resources/user.ts';
import { message } from '../../../protocol/resources/message.ts';
import { session } from '../../../protocol/resources/session.ts';
import { describe, describeUnion, type Described } from './describe.ts';
import { ANNA, ATTACHMENT, BEN, CONVERSATION, DELETED, MESSAGE, SESSION } from './examples.ts';

const POSITIONS = {
  me: 'The position of the requesting user, as a `seq`; 0 before the first message.',
  peer: 'The position of the other user, as a `seq`; 0 before the first message.',
};

const USER = {
  id: 'The permanent id of the user.',
  username: 'The name in lower case. It is never given to anybody else.',
  created_at: 'When the account was created.',
  status: 'Whether the user is online; null if the requesting user may not see it.',
  last_seen: 'When the user was last online; null if never, or if the requesting user may not see it.',
  display_name: 'The name that the user has chosen to be shown by; null if there is none. Not unique.',
  about: 'What the user says about themselves; null if nothing.',
  avatar:
    'The version of the avatar, which changes with the image; null if there is none. The image is at `/users/{id}/avatar`.',
};

/** Users, conversations, messages, sessions, server state and errors. */
export const RESOURCE_WORDS: readonly Described[] = [
  describe(livingUser, 'A user.', USER, ANNA),
  describe(
    ownAccount,
    'The requesting user’s own account.',
    { ...USER, role: '`admin` if the user may administer the server, at `/admin`; otherwise `user`.' },
    { ...ANNA, role: 'user' },
  ),
  describe(
    deletedUser,
    'A user whose account was deleted.',
    {
      id: 'The id that the account had.',
      username: 'The same text for all deleted accounts.',
      deleted: 'Always true. Distinguishes a deleted account from an existing one.',
    },
    DELETED,
  ),
  describeUnion(user, 'A user, or a placeholder for a user whose account was deleted.', BEN),
  describe(
    message,
    'A message. It never changes, except that users react to it and that the name is replaced when the sender’s account is deleted.',
    {
      message_id: 'The id of the message, chosen by the client that sent it.',
      conversation_id: 'The conversation it belongs to.',
      seq: 'The position in the conversation, counted from 1 without gaps.',
      sender_id: 'The sender.',
      sender_name: 'The name of the sender, or `Deleted User`.',
      recipient_id: 'The recipient.',
      content: 'The text, exactly as sent.',
      sent_at: 'When the server stored the message.',
      is_anonymized: 'Whether the sender’s account was deleted.',
      reply_to: 'The message to which this one replies; null if it is no reply.',
      reactions: 'The reactions of the two users, at most one of each, in the order in which they were set.',
      attachments: 'The files that came with the message, in the order in which the sender gave them.',
      status: 'The delivery status. Only on messages that the requesting user sent.',
    },
    MESSAGE,
  ),
  describe(
    conversation,
    'A conversation between two users, as the requesting user sees it.',
    {
      id: 'The id of the conversation, the same for both users.',
      peer: 'The other user.',
      created_at: 'When the conversation was created.',
      last_message: 'The newest message that the requesting user can see; null if there is none.',
      last_seq: 'The `seq` of the newest message; 0 if there is none. It stays if the message is removed.',
      first_seq:
        'The `seq` of the oldest message that the requesting user can read; one more than `last_seq` if there is none.',
      removed_until:
        'When the newest message before `first_seq` was sent, if the retention of the server has removed it; null otherwise.',
      unread_count: 'The number of unread messages from the other user.',
      delivered_seq: 'Up to which `seq` each user has received the messages of the other.',
      read_seq: 'Up to which `seq` each user has read the messages of the other.',
      pinned: 'Whether the requesting user keeps the conversation at the top of their list.',
      archived: 'Whether the requesting user has put the conversation away.',
      muted_until:
        'Until when the requesting user wants no notifications of the conversation; null if it is not muted.',
    },
    CONVERSATION,
  ),
  describe(
    attachment,
    'A file that a message carries. It never changes.',
    {
      id: 'The id of the attachment, under which its bytes are read.',
      name: 'The name of the file, as it was uploaded.',
      type: 'The media type that it was uploaded with. It says nothing certain about the bytes.',
      size: 'The number of its bytes.',
      sha256: 'The SHA-256 of its bytes, in lower-case hex.',
    },
    ATTACHMENT,
  ),
  describe(
    attachmentLimits,
    'What the server takes.',
    {
      max_bytes: 'The bytes that one attachment may have.',
      per_message: 'The number of attachments that one message may have.',
      resumable: 'Whether an upload with an `Upload-Key` can be continued.',
    },
    { max_bytes: 26_214_400, per_message: 10, resumable: true },
  ),
  describe(uploadParams, 'An upload.', { key: 'The `Upload-Key` with which the upload was begun.' }),
  describe(
    uploadState,
    'What the server has of an upload.',
    {
      received:
        'The number of bytes that are there. The next one to send is the one at this position, from 0.',
      size: 'The number of bytes of the whole file.',
      attachment: 'The attachment. Only if the upload is complete.',
    },
    { received: 262_144, size: 482_113 },
  ),
  describe(message.shape.reply_to._zod.def.innerType, 'The message that another one replies to.', {
    message_id: 'The id of that message.',
    seq: 'Its position in the conversation.',
  }),
  describe(message.shape.reactions._zod.def.element, 'A reaction to a message.', {
    user_id: 'The user who reacted.',
    emoji: 'The emoji.',
  }),
  describe(conversation.shape.delivered_seq, 'A position for each of the two users.', POSITIONS),
  describe(
    session,
    'A login on one device.',
    {
      id: 'The id of the session. Its access tokens carry it in the claim `sid`.',
      created_at: 'When the user logged in.',
      last_activity: 'When the session was last used.',
      ip_address: 'The IP address from which the session was last used.',
      user_agent: 'The `User-Agent` of the client when it logged in.',
      connected: 'Whether the session has an open WebSocket now.',
      current: 'Whether this is the session that sent the request.',
    },
    SESSION,
  ),
  describe(
    healthAnswer,
    'The state of the server.',
    {
      status: 'Whether the server can handle requests.',
      checks: 'The state of each part that was checked, in one word.',
    },
    {
      status: 'ok',
      checks: {
        stopping: 'no',
        writer: 'ok',
        reader: 'ok',
        store: 'ok',
        clock: 'ok',
        disk: 'ok',
        backup: 'off',
      },
    },
  ),
  describe(
    livenessAnswer,
    'The answer of a running process.',
    { status: 'Always `ok`.', checks: 'Always empty.', version: 'The version of the server.' },
    { status: 'ok', checks: {}, version: '1.4.0' },
  ),
  describe(problem, 'An error (RFC 9457).', {
    type: 'A URN for the kind of error. It ends in `code`.',
    title: 'The kind of error, in words for people.',
    status: 'The HTTP status, repeated.',
    code: 'The error code, for programs.',
    detail:
      'What is wrong with this request, in words for people. It contains no secrets and no data of other users.',
    errors:
      'The invalid fields. Given for `bad_request`, and for `forbidden` if the invitation is missing or invalid.',
    received: 'The number of bytes that the server has of the upload. Given for `conflict`.',
  }),
  describe(problem.shape.errors._zod.def.innerType._zod.def.element, 'An invalid field.', {
    path: 'The path of the field, with a dot between an object and its field.',
    message: 'What is wrong with the field.',
  }),
];
