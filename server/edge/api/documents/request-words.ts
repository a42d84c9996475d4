import {
  conversationsAnswer,
  conversationsQuery,
  conversationSettingsBody,
  openConversationBody,
  conversation,
} from '../../../protocol/resources/conversation.ts';
import {
  deleteBody,
  loginBody,
  passwordBody,
  refreshBody,
  registerBody,
  resetBody,
  signedInAnswer,
  tokensAnswer,
} from '../../../protocol/resources/account.ts';
import { idParams } from '../../../protocol/resources/query.ts';
import { messagesAnswer, messagesQuery, message } from '../../../protocol/resources/message.ts';
import { exportLink, exportLinkParams } from '../../../protocol/resources/own-data.ts';
import { searchAnswer, searchQuery } from '../../../protocol/resources/search.ts';
import { sessionsAnswer } from '../../../protocol/resources/session.ts';
import {
  blocksAnswer,
  usersAnswer,
  usersQuery,
  livingUser,
  profileBody,
} from '../../../protocol/resources/user.ts';
import {
  ABOUT_MAX,
  DISPLAY_NAME_MAX,
  PASSWORD_MAX,
  PASSWORD_MIN,
  QUERY_MAX_CODE_POINTS,
} from '../../../protocol/limits.ts';
import { describe, describeUnion, type Described } from './describe.ts';
import { ANNA, BEN, CONVERSATION, IDS, MESSAGE, PASSWORD, SESSION, TOKENS } from './examples.ts';
import { RESOURCE_WORDS } from './resource-words.ts';

const [byId, byName] = openConversationBody._zod.def.options;

const TOKEN_WORDS = {
  access_token: 'A JWT for the `Authorization` header and for the WebSocket.',
  refresh_token: 'Exchanged for new tokens at `/auth/refresh`. Can be used once.',
  token_type: 'The authentication scheme of the access token.',
  expires_in: 'Seconds until the access token expires.',
};
const NEW_PASSWORD =
  `${String(PASSWORD_MIN)} to ${String(PASSWORD_MAX)} characters after NFKC normalisation, with an upper-case letter, a lower-case letter and a digit. ` +
  'It must not contain the username or be a common password.';
const LIMIT = 'The maximum number of entries to return.';
const ONE_OF = 'At most one of `before`, `after` and `around` may be given.';
const HIGHLIGHTS =
  'The matching parts of the text: pairs of start (inclusive) and end (exclusive), counted in code points.';

/** A search hit has the fields of the object that was found, plus `highlights`. */
const hit = (schema: object, found: Described[0], summary: string): Described => {
  const words = RESOURCE_WORDS.find(([each]) => each === schema)?.[1];
  return [found, { summary, fields: { ...words?.fields, highlights: HIGHLIGHTS } }];
};
const hits = searchAnswer.shape;

/** The bodies, queries and answers of the HTTP routes. */
export const REQUEST_WORDS: readonly Described[] = [
  describe(
    registerBody,
    'A new account.',
    {
      username:
        'Letters a-z, digits, dot, underscore and hyphen. Converted to lower case. A name is never reused.',
      password: NEW_PASSWORD,
      invite: 'An invitation code, if the server requires one.',
    },
    { username: 'anna', password: PASSWORD },
  ),
  describe(
    loginBody,
    'The name and password of an account.',
    { username: 'The username, in upper or lower case.', password: 'The password.' },
    { username: 'anna', password: PASSWORD },
  ),
  describe(
    refreshBody,
    'A refresh token that was not used yet.',
    { refresh_token: 'The refresh token from the previous answer.' },
    { refresh_token: TOKENS.refresh_token },
  ),
  describe(
    passwordBody,
    'The current password and the new one.',
    { current_password: 'The current password.', new_password: NEW_PASSWORD },
    { current_password: PASSWORD, new_password: 'Battery-Staple-8' },
  ),
  describe(
    resetBody,
    'A one-time code from the operator and a new password.',
    { code: 'The code. Case and white space around it make no difference.', new_password: NEW_PASSWORD },
    { code: '0123456789abcdef0123456789abcdef', new_password: 'Battery-Staple-8' },
  ),
  describe(
    profileBody,
    'A change of the profile. A field that is not given stays as it is; null removes it.',
    {
      display_name: `1 to ${String(DISPLAY_NAME_MAX)} characters, at least one of them visible, without control characters. White space at the ends is removed.`,
      about: `At most ${String(ABOUT_MAX)} characters without control characters. White space at the ends is removed; if nothing is left, it is null.`,
    },
    { display_name: 'Anna Lindqvist' },
  ),
  describe(
    deleteBody,
    'The confirmation of an account deletion.',
    { password: 'The password of the account.' },
    { password: PASSWORD },
  ),
  describeUnion(openConversationBody, 'The other user, by id or by name.', { recipient_id: IDS.ben }),
  describe(byId, 'The other user by id.', { recipient_id: 'The id of the other user.' }),
  describe(byName, 'The other user by name.', { username: 'The name of the other user.' }),
  describe(
    conversationSettingsBody,
    'A change of the settings of a conversation. A field that is not given stays as it is; at least one is required.',
    {
      pinned: 'Whether the conversation stays at the top of the list.',
      archived:
        'Whether the conversation is put away. A message brings it back; one of the other user only if it is not muted.',
      muted_until:
        'Until when there are to be no notifications of the conversation: a time in the future, before the year 10000 in UTC; null if it is not muted.',
    },
    { pinned: true, muted_until: '2026-11-02T18:00:00+01:00' },
  ),
  describe(idParams, 'The id in the path.', { id: 'The id of the object that the path names.' }),
  describe(usersQuery, 'Which users to find.', { query: 'The beginning of a username.', limit: LIMIT }),
  describe(conversationsQuery, 'Which page of the list to return.', {
    limit: LIMIT,
    before: 'The `next` of the previous page.',
    pinned: 'Returns only conversations that are pinned, or only those that are not.',
    archived: 'Returns only conversations that are archived, or only those that are not.',
  }),
  describe(messagesQuery, 'Which page of the messages to return.', {
    before: `Returns messages with a smaller \`seq\` than this. ${ONE_OF}`,
    after: `Returns messages with a larger \`seq\` than this. ${ONE_OF}`,
    around: `Returns messages on both sides of this \`seq\`. ${ONE_OF}`,
    limit: LIMIT,
  }),
  describe(searchQuery, 'What to search for.', {
    q: `The words to find. Each may match a part of a word; at most ${String(QUERY_MAX_CODE_POINTS)} code points. Punctuation is not an operator.`,
    type: 'Limits the search to one kind of object.',
    limit: LIMIT,
    before: 'The id of the last message of the previous page.',
  }),
  describe(tokensAnswer, 'New tokens for the same session.', TOKEN_WORDS, TOKENS),
  describe(
    signedInAnswer,
    'The user and the tokens of a new session.',
    { user: 'The user who logged in.', ...TOKEN_WORDS },
    { user: ANNA, ...TOKENS },
  ),
  describe(
    sessionsAnswer,
    'All sessions of the user.',
    { sessions: 'The sessions, most recently used first.' },
    { sessions: [SESSION] },
  ),
  describe(
    blocksAnswer,
    'The users whom the user has blocked.',
    { users: 'The users, the one blocked last first.' },
    { users: [BEN] },
  ),
  describe(usersAnswer, 'The users found.', { users: 'The users, ordered by name.' }, { users: [BEN] }),
  describe(
    conversationsAnswer,
    'A page of conversations.',
    {
      conversations: 'The conversations, newest activity first.',
      next: 'The value of `before` for the next page; null on the last page.',
    },
    { conversations: [CONVERSATION], next: null },
  ),
  describe(
    messagesAnswer,
    'A page of messages.',
    {
      messages: 'The messages, ascending by `seq`.',
      has_more: 'Whether there are more messages in the direction of the page.',
    },
    { messages: [MESSAGE], has_more: false },
  ),
  describe(
    searchAnswer,
    'The search results.',
    {
      messages: 'The messages found, newest first.',
      conversations: 'Conversations with users whose names match.',
      users: 'Users whose names match.',
      removed_until:
        'When the newest message was sent that retention has removed from the conversations of the user; null if there is none. A search does not find these.',
    },
    {
      messages: [{ ...MESSAGE, highlights: [[14, 16]] }],
      conversations: [],
      users: [{ ...BEN, highlights: [[0, 3]] }],
      removed_until: null,
    },
  ),
  describe(
    exportLink,
    'A link to an export.',
    {
      path: 'The path of the export, on the server that answered. It can be used once, and contains a secret.',
      expires_in: 'Seconds until the link expires.',
    },
    { path: `/exports/${TOKENS.access_token}`, expires_in: 60 },
  ),
  describe(exportLinkParams, 'The secret in the path.', {
    token: 'The secret of a link, as `POST /users/me/export/link` returned it.',
  }),
  hit(message, hits.messages._zod.def.element, 'A matching message.'),
  hit(conversation, hits.conversations._zod.def.element, 'A conversation with a user whose name matches.'),
  hit(livingUser, hits.users._zod.def.element, 'A user whose name matches.'),
];
