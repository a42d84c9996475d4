import {
  conversationsAnswer,
  conversationsQuery,
  deleteBody,
  idParams,
  loginBody,
  messagesAnswer,
  messagesQuery,
  openConversationBody,
  passwordBody,
  refreshBody,
  registerBody,
  searchAnswer,
  searchQuery,
  sessionsAnswer,
  signedInAnswer,
  tokensAnswer,
  usersAnswer,
  usersQuery,
} from '../../protocol/http.ts';
import { PASSWORD_MAX, PASSWORD_MIN, QUERY_MAX_CODE_POINTS } from '../../protocol/limits.ts';
import { conversation, livingUser, message } from '../../protocol/resources.ts';
import { describe, describeUnion, type Described } from './describe.ts';
import { ANNA, BEN, CONVERSATION, IDS, MESSAGE, PASSWORD, SESSION, TOKENS } from './examples.ts';
import { RESOURCE_WORDS } from './resource-words.ts';

const [byId, byName] = openConversationBody._zod.def.options;

const TOKEN_WORDS = {
  access_token: 'A JWT for the `Authorization` header and for the WebSocket.',
  refresh_token: 'Gets the next tokens. Works once.',
  token_type: 'How to send the access token.',
  expires_in: 'Seconds until the access token ends.',
};
const NEW_PASSWORD =
  `${String(PASSWORD_MIN)} to ${String(PASSWORD_MAX)} characters after NFKC normalisation, with an upper-case letter, a lower-case letter and a digit. ` +
  'It must not contain the username or be a common password.';
const LIMIT = 'The most entries to return.';
const ONE_OF = 'Only one of `before`, `after` and `around` may be given.';
const HIGHLIGHTS = 'Where the hits are: pairs of start and end in code points, the end excluded.';

/** A hit holds what the thing itself holds, and where it was found. */
const hit = (schema: object, found: Described[0], summary: string): Described => {
  const words = RESOURCE_WORDS.find(([each]) => each === schema)?.[1];
  return [found, { summary, fields: { ...words?.fields, highlights: HIGHLIGHTS } }];
};
const hits = searchAnswer.shape;

/** Bodies, queries and answers of the HTTP routes. */
export const REQUEST_WORDS: readonly Described[] = [
  describe(
    registerBody,
    'A new account.',
    {
      username:
        'Letters a-z, digits, dot, underscore and hyphen. Folded to lower case, and never given out again.',
      password: NEW_PASSWORD,
      invite: 'The code of an invitation, where the server asks for one.',
    },
    { username: 'anna', password: PASSWORD },
  ),
  describe(
    loginBody,
    'Who logs in.',
    { username: 'The name; case makes no difference.', password: 'The password.' },
    { username: 'anna', password: PASSWORD },
  ),
  describe(
    refreshBody,
    'A refresh token that has not been used.',
    { refresh_token: 'The token from the last answer.' },
    { refresh_token: TOKENS.refresh_token },
  ),
  describe(
    passwordBody,
    'The old password and the new one.',
    { current_password: 'The password until now.', new_password: NEW_PASSWORD },
    { current_password: PASSWORD, new_password: 'Battery-Staple-8' },
  ),
  describe(
    deleteBody,
    'The confirmation of a deletion.',
    { password: 'The password of the account.' },
    { password: PASSWORD },
  ),
  describeUnion(openConversationBody, 'The other user, by id or by name.', { recipient_id: IDS.ben }),
  describe(byId, 'The other user by id.', { recipient_id: 'The id of the other user.' }),
  describe(byName, 'The other user by name.', { username: 'The name of the other user.' }),
  describe(idParams, 'The id in the path.', { id: 'The id of what the path names.' }),
  describe(usersQuery, 'Which users.', { query: 'The beginning of a username.', limit: LIMIT }),
  describe(conversationsQuery, 'Which page of the list.', {
    limit: LIMIT,
    before: 'The `next` of the page before.',
  }),
  describe(messagesQuery, 'Which page of the history.', {
    before: `Messages with a smaller \`seq\` than this. ${ONE_OF}`,
    after: `Messages with a larger \`seq\` than this. ${ONE_OF}`,
    around: `Messages on both sides of this \`seq\`. ${ONE_OF}`,
    limit: LIMIT,
  }),
  describe(searchQuery, 'What to search for.', {
    q: `The words to find, as parts of words too; at most ${String(QUERY_MAX_CODE_POINTS)} code points. Punctuation has no meaning.`,
    type: 'Search one kind only.',
    limit: LIMIT,
    before: 'The id of the last message of the page before.',
  }),
  describe(tokensAnswer, 'The next tokens.', TOKEN_WORDS, TOKENS),
  describe(
    signedInAnswer,
    'The user and the tokens of a new session.',
    { user: 'The user who logged in.', ...TOKEN_WORDS },
    { user: ANNA, ...TOKENS },
  ),
  describe(
    sessionsAnswer,
    'All sessions.',
    { sessions: 'Most recently used first.' },
    { sessions: [SESSION] },
  ),
  describe(usersAnswer, 'Users.', { users: 'By name.' }, { users: [BEN] }),
  describe(
    conversationsAnswer,
    'A page of conversations.',
    {
      conversations: 'Newest activity first.',
      next: 'Goes into `before` for the next page; null on the last.',
    },
    { conversations: [CONVERSATION], next: null },
  ),
  describe(
    messagesAnswer,
    'A page of messages.',
    { messages: 'Ascending by `seq`.', has_more: 'Whether there are more in the direction of the page.' },
    { messages: [MESSAGE], has_more: false },
  ),
  describe(
    searchAnswer,
    'What was found.',
    {
      messages: 'Messages, newest first.',
      conversations: 'Conversations whose other user was found by name.',
      users: 'Users found by name.',
    },
    {
      messages: [{ ...MESSAGE, highlights: [[14, 16]] }],
      conversations: [],
      users: [{ ...BEN, highlights: [[0, 3]] }],
    },
  ),
  hit(message, hits.messages._zod.def.element, 'A message that was found.'),
  hit(conversation, hits.conversations._zod.def.element, 'A conversation that was found.'),
  hit(livingUser, hits.users._zod.def.element, 'A user who was found.'),
];
