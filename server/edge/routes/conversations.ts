import { ParleyError } from '../../protocol/errors.ts';
import {
  conversationsAnswer,
  conversationsQuery,
  idParams,
  messagesAnswer,
  messagesQuery,
  openConversationBody,
} from '../../protocol/http.ts';
import { conversation } from '../../protocol/resources.ts';
import { answer, done, route } from './route.ts';

const noPerson = (): ParleyError => new ParleyError('not_found', 'There is no such person.');
const noConversation = (): ParleyError => new ParleyError('not_found', 'There is no such conversation.');

const open = route({
  method: 'POST',
  path: '/conversations',
  tag: 'conversations',
  summary: 'Open a conversation',
  description:
    'Answers the conversation with this user, and creates it when there is none. The other user sees it from the first message on.',
  body: openConversationBody,
  answers: { 200: conversation, 201: conversation },
  errors: ['not_found', 'conflict'],
  async handle({ services, who: { userId }, body }) {
    const peerId =
      'recipient_id' in body
        ? body.recipient_id
        : await services.read('userIdByName', body.username.toLowerCase());
    if (peerId === null) throw noPerson();
    if (peerId === userId) throw new ParleyError('bad_request', 'A conversation needs another person.');
    const newConversationId = services.ids.next();
    const outcome = await services.write('openConversation', { userId, peerId, newConversationId });
    if (outcome.kind === 'not-found') throw noPerson();
    if (outcome.kind === 'peer-deleted')
      throw new ParleyError('conflict', 'This person has deleted their account.');
    const opened = await services.read('conversation', userId, outcome.conversationId);
    if (opened === null) throw noConversation();
    return outcome.kind === 'created' ? answer(201, opened) : answer(200, opened);
  },
});

const list = route({
  method: 'GET',
  path: '/conversations',
  tag: 'conversations',
  summary: 'List conversations',
  description: 'The conversations of the user, newest activity first, page by page.',
  query: conversationsQuery,
  answers: { 200: conversationsAnswer },
  async handle({ services, who, query: { limit, before = null } }) {
    const page = await services.read('conversations', who.userId, limit, before);
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
  description: "One of the user's conversations. Those of others do not exist for the user.",
  params: idParams,
  answers: { 200: conversation },
  errors: ['not_found'],
  async handle({ services, who, params }) {
    const found = await services.read('conversation', who.userId, params.id);
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
    'Hides the conversation and its messages from the user. The other user keeps them; the next message brings the conversation back without the old ones.',
  params: idParams,
  answers: { 204: null },
  errors: ['not_found'],
  async handle({ services, who: { userId }, params: { id: conversationId } }) {
    const outcome = await services.write('hideConversation', { userId, conversationId });
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
    'A page of the history, ascending by `seq`: before, after or around a `seq`, or the newest messages when none of the three is given.',
  params: idParams,
  query: messagesQuery,
  answers: { 200: messagesAnswer },
  errors: ['not_found'],
  async handle({ services, who, params, query: { limit, before, after, around } }) {
    const page = {
      limit,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      ...(around === undefined ? {} : { around }),
    };
    const found = await services.read('messages', who.userId, params.id, page);
    if (found === null) throw noConversation();
    return answer(200, { messages: [...found.messages], has_more: found.has_more });
  },
});

export const conversationRoutes = [open, list, one, hide, messages];
