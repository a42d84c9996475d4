import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { ConversationResource } from '../../server/protocol/resources/conversation.ts';
import type { MessageResource } from '../../server/protocol/resources/message.ts';
import type { ChatClient, Place } from './chat-client.ts';
import { within } from './deadline.ts';
import type { Scope } from './temp-dir.ts';
import { filesOfZip, linesOf } from './zip-files.ts';

/** What programs find in an export. */
export interface ExportedData {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly profile: Readonly<Record<string, unknown>>;
  readonly conversations: readonly ConversationResource[];
  readonly messages: readonly MessageResource[];
}

export const exportedData = async (bytes: Buffer): Promise<ExportedData> => {
  const files = await filesOfZip(bytes);
  return {
    files,
    profile: JSON.parse(files.get('profile.json')?.toString('utf8') ?? '') as Record<string, unknown>,
    conversations: linesOf(files.get('conversations.jsonl')),
    messages: linesOf(files.get('messages.jsonl')),
  };
};

/** An export whose client reads nothing of it until it is told to. */
export const waitingExport = async (
  scope: Scope,
  place: Place,
  client: ChatClient,
  path = '/users/me/export',
): Promise<IncomingMessage> => {
  const sent = request(`${place.url}${path}`, {
    agent: false,
    headers: { authorization: `Bearer ${client.accessToken}` },
  });
  scope.after(() => {
    sent.destroy();
  });
  sent.on('error', () => undefined).end();
  const [response] = (await within(10_000, 'an export to begin', once(sent, 'response'))) as [
    IncomingMessage,
  ];
  response.on('error', () => undefined).pause();
  return response;
};

/** All lists and pages of the API, as an export has to have them. */
export const pagesOfApi = async (
  client: ChatClient,
): Promise<Pick<ExportedData, 'conversations' | 'messages'>> => {
  const conversations: ConversationResource[] = [];
  let before: string | null = null;
  do {
    const at: string = before === null ? '' : `&before=${before}`;
    const page: { conversations: ConversationResource[]; next: string | null } = await client.get(
      `/conversations?limit=2${at}`,
    );
    conversations.push(...page.conversations);
    before = page.next;
  } while (before !== null);
  const histories = await Promise.all(conversations.map(({ id }) => client.history(id)));
  return { conversations, messages: histories.flat() };
};
