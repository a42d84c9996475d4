import { healthAnswer, livenessAnswer, problem } from '../../protocol/http.ts';
import { conversation, deletedUser, livingUser, message, session, user } from '../../protocol/resources.ts';
import { describe, describeUnion, type Described } from './describe.ts';
import { ANNA, BEN, CONVERSATION, DELETED, MESSAGE, SESSION } from './examples.ts';

const POSITIONS = {
  me: 'Position of the user who asks, as a `seq`; 0 before the first message.',
  peer: 'Position of the other user, as a `seq`; 0 before the first message.',
};

/** What a client sees of users, conversations and messages. */
export const RESOURCE_WORDS: readonly Described[] = [
  describe(
    livingUser,
    'A user.',
    {
      id: 'Identifies the user for ever.',
      username: 'The name, folded to lower case. Nobody else ever gets it.',
      created_at: 'When the account was created.',
      status: 'Whether the user is online; null for those who may not see it.',
      last_seen: 'When the user was last online; null if never, and for those who may not see it.',
    },
    ANNA,
  ),
  describe(
    deletedUser,
    'A user whose account was deleted.',
    {
      id: 'The id that the account had.',
      username: 'The same text for every deleted account.',
      deleted: 'Always true. Tells a deleted account from one that exists.',
    },
    DELETED,
  ),
  describeUnion(user, 'A user, or what is left of one whose account was deleted.', BEN),
  describe(
    message,
    'A message. It never changes, except that the name of a deleted sender is replaced.',
    {
      message_id: 'Chosen by the client that sent the message.',
      conversation_id: 'The conversation it belongs to.',
      seq: 'Its number in the conversation, counted from 1 without a gap.',
      sender_id: 'The user who sent it.',
      sender_name: 'The name of the sender, or `Deleted User`.',
      recipient_id: 'The user it was sent to.',
      content: 'The text, exactly as it was sent.',
      sent_at: 'When the server stored it.',
      is_anonymized: 'Whether the account of the sender was deleted.',
      status: 'How far it has come. Only on messages of the user who asks.',
    },
    MESSAGE,
  ),
  describe(
    conversation,
    'A conversation of two users, as one of them sees it.',
    {
      id: 'Identifies the conversation for both users.',
      peer: 'The other user.',
      created_at: 'When the conversation was created.',
      last_message: 'The newest message that the user who asks can see, or null.',
      last_seq: 'The `seq` of the newest message; 0 before the first.',
      unread_count: 'Messages of the other user that have not been read.',
      delivered_seq: 'Up to which message each of the two has received those of the other.',
      read_seq: 'Up to which message each of the two has read those of the other.',
    },
    CONVERSATION,
  ),
  describe(conversation.shape.delivered_seq, 'A position for each of the two users.', POSITIONS),
  describe(
    session,
    'A login on one device.',
    {
      id: 'Identifies the session; the claim `sid` of its access tokens.',
      created_at: 'When the user logged in.',
      last_activity: 'When the session was last used.',
      ip_address: 'The address it was last used from.',
      user_agent: 'What the client said of itself when it logged in.',
      connected: 'Whether it has an open WebSocket now.',
      current: 'Whether it is the session that asks.',
    },
    SESSION,
  ),
  describe(
    healthAnswer,
    'The state of the server.',
    { status: 'Whether it can serve.', checks: 'One word for each part that was looked at.' },
    { status: 'ok', checks: { stopping: 'no', writer: 'ok', reader: 'ok', store: 'ok', disk: 'ok' } },
  ),
  describe(
    livenessAnswer,
    'The process answers.',
    { status: 'Always `ok`.', checks: 'Always empty.', version: 'The version of the server.' },
    { status: 'ok', checks: {}, version: '1.4.0' },
  ),
  describe(problem, 'An error (RFC 9457).', {
    type: 'A URN that names the kind of error; ends in `code`.',
    title: 'The kind of error, in a sentence.',
    status: 'The HTTP status again.',
    code: 'The kind of error, for programs.',
    detail: 'What is wrong with this request, for people. It holds no secret and nothing of another user.',
    errors:
      'The fields that are wrong: for `bad_request`, and for `forbidden` where an invitation is missing or not valid.',
  }),
  describe(problem.shape.errors._zod.def.innerType._zod.def.element, 'One field that is wrong.', {
    path: 'The field, with a dot between an object and its field.',
    message: 'What is wrong with it.',
  }),
];
