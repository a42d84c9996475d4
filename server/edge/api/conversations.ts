import { ParleyError } from '../../protocol/errors.ts';
import {
  conversationsAnswer,
  conversationsQuery,
  openConversationBody,
  conversation,
} from '../../protocol/resources/conversation.ts';
import { idParams } from '../../protocol/resources/query.ts';
import { messagesAnswer, messagesQuery } from '../../protocol/resources/message.ts';
import { answer, done, route } from './route.ts';

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
  errors: ['not_found', 'conflict'],
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
  async handle({ deps, who, query: { limit, before = null } }) {
    const page = await deps.read('conversations', who.userId, limit, before);
    if (page === null) {
      const errors = [{ path: 'before', message: 'is not a place in this list' }];
      throw new ParleyError('bad_request', 'The query is not valid.', { errors });
    }
    return answer(200, { conversations: [...page.conversations], next: page.next });
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
    const found = await deps.read('messages', who.userId, params.id, page);
    if (found === null) throw noConversation();
    return answer(200, { messages: [...found.messages], has_more: found.has_more });
  },
});

export const conversationRoutes = [open, list, one, hide, messages];
