import { BLOCKED_WORDS } from '../../protocol/blocked-words.ts';
import { ParleyError } from '../../protocol/errors.ts';
import { MUTED_UNTIL_MAX } from '../../protocol/limits.ts';
import {
  conversationsAnswer,
  conversationsQuery,
  conversationSettingsBody,
  openConversationBody,
  conversation,
} from '../../protocol/resources/conversation.ts';
import { idParams } from '../../protocol/resources/query.ts';
import { messagesAnswer, messagesQuery } from '../../protocol/resources/message.ts';
import { countedChange } from './counted-change.ts';
import { answer, done, jsonAnswer, route } from './route.ts';

const noPerson = (): ParleyError => new ParleyError('not_found', 'There is no such person.');
const noConversation = (): ParleyError => new ParleyError('not_found', 'There is no such conversation.');

const open = route({
  method: 'POST',
  path: '/conversations',
  tag: 'conversations',
  summary: 'Open a conversation',
  description:
    'Returns the conversation with a user, and creates it if there is none. The other user does not see it before the first message.',
  body: openConversationBody,
  answers: { 200: conversation, 201: conversation },
  errors: ['not_found', 'conflict', 'forbidden'],
  async handle({ deps, who: { userId }, body }) {
    const peerId =
      'recipient_id' in body
        ? body.recipient_id
        : await deps.read('userIdByName', body.username.toLowerCase());
    if (peerId === null) throw noPerson();
    if (peerId === userId) throw new ParleyError('bad_request', 'A conversation needs another person.');
    const newConversationId = deps.ids.next();
    const outcome = await deps.write('openConversation', { userId, peerId, newConversationId });
    if (outcome.kind === 'not-found') throw noPerson();
    if (outcome.kind === 'peer-deleted')
      throw new ParleyError('conflict', 'This person has deleted their account.');
    if (outcome.kind === 'blocked') throw new ParleyError('forbidden', BLOCKED_WORDS[outcome.by]);
    const opened = await deps.read('conversation', userId, outcome.conversationId);
    if (opened === null) throw noConversation();
    return outcome.kind === 'created' ? answer(201, opened) : answer(200, opened);
  },
});

const list = route({
  method: 'GET',
  path: '/conversations',
  tag: 'conversations',
  summary: 'List conversations',
  description: 'Returns a page of the user’s conversations, newest activity first.',
  query: conversationsQuery,
  answers: { 200: conversationsAnswer },
  async handle({ deps, who, query: { limit, before = null, pinned, archived } }) {
    const page = await deps.readJson('conversations', who.userId, limit, before, {
      ...(pinned !== undefined && { pinned: pinned === 'true' }),
      ...(archived !== undefined && { archived: archived === 'true' }),
    });
    if (page === null) {
      const errors = [{ path: 'before', message: 'is not a place in this list' }];
      throw new ParleyError('bad_request', 'The query is not valid.', { errors });
    }
    return jsonAnswer(200, page);
  },
});

const one = route({
  method: 'GET',
  path: '/conversations/:id',
  tag: 'conversations',
  summary: 'Get a conversation',
  description:
    'Returns one of the user’s conversations. A conversation of other users is answered with `not_found`.',
  params: idParams,
  answers: { 200: conversation },
  errors: ['not_found'],
  async handle({ deps, who, params }) {
    const found = await deps.read('conversation', who.userId, params.id);
    if (found === null) throw noConversation();
    return answer(200, found);
  },
});

/** A time at which a conversation can stop being muted. @throws ParleyError `bad_request` [C11] */
const mutedUntil = (text: string | null, now: number): number | null => {
  if (text === null) return null;
  const at = Date.parse(text);
  if (at > now && at <= MUTED_UNTIL_MAX) return at;
  const message = at > now ? 'must lie before the year 10000' : 'must be in the future';
  throw new ParleyError('bad_request', 'The body is not valid.', {
    errors: [{ path: 'muted_until', message }],
  });
};

const change = route({
  method: 'PATCH',
  path: '/conversations/:id',
  tag: 'conversations',
  summary: 'Change the settings of a conversation',
  description:
    'Changes what the user has set for a conversation, for themselves alone, and returns the conversation. A field that is not given stays as it is.',
  params: idParams,
  body: conversationSettingsBody,
  answers: { 200: conversation },
  errors: ['not_found', 'too_many_requests'],
  async handle({ deps, who: { userId }, params: { id: conversationId }, body }) {
    const { pinned, archived, muted_until } = body;
    const pair = await deps.queries.pair(conversationId);
    if (pair === null) throw noConversation();
    const outcome = await countedChange(deps, 'changeSettings', {
      ...{ userId, conversationId, pair },
      ...(pinned !== undefined && { pinned }),
      ...(archived !== undefined && { archived }),
      ...(muted_until !== undefined && { mutedUntil: mutedUntil(muted_until, deps.clock.now()) }),
    });
    if (outcome.kind === 'not-found') throw noConversation();
    const changed = await deps.read('conversation', userId, conversationId);
    if (changed === null) throw noConversation();
    return answer(200, changed);
  },
});

const hide = route({
  method: 'DELETE',
  path: '/conversations/:id',
  tag: 'conversations',
  summary: 'Delete a conversation',
  description:
    'Hides the conversation and its messages from the user. The other user keeps them. The next message brings the conversation back, without the old messages.',
  params: idParams,
  answers: { 204: null },
  errors: ['not_found'],
  async handle({ deps, who: { userId }, params: { id: conversationId } }) {
    const pair = await deps.queries.pair(conversationId);
    if (pair === null) throw noConversation();
    const outcome = await deps.write('hideConversation', { userId, conversationId, pair });
    if (outcome.kind === 'not-found') throw noConversation();
    return done;
  },
});

const messages = route({
  method: 'GET',
  path: '/conversations/:id/messages',
  tag: 'messages',
  summary: 'List messages',
  description:
    'Returns a page of messages, ascending by `seq`: those before, after or around a `seq`, or the newest ones if none of the three is given.',
  params: idParams,
  query: messagesQuery,
  answers: { 200: messagesAnswer },
  errors: ['not_found'],
  async handle({ deps, who, params, query: { limit, before, after, around } }) {
    const page = {
      limit,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      ...(around === undefined ? {} : { around }),
    };
    const found = await deps.readJson('messages', who.userId, params.id, page);
    if (found === null) throw noConversation();
    return jsonAnswer(200, found);
  },
});

export const conversationRoutes = [open, list, one, change, hide, messages];
