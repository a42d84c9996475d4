import type { OwnAccount } from '../../protocol/resources/user.ts';
import type { Avatar } from '../../storage/profile-writes.ts';
import { countWords, escapedText, nameHtml, PAGE_END, pageStart, timeHtml } from './html.ts';
import { messageCount, partFile, type ExportedConversation } from './exported-conversation.ts';

export interface IndexPage {
  readonly user: OwnAccount;
  readonly avatar: Avatar | null;
  readonly exportedAt: string;
  readonly conversations: readonly ExportedConversation[];
}

/** The first page: whose data these are, and a list of all conversations. */
export function* indexPage({ user, avatar, exportedAt, conversations }: IndexPage): Generator<string> {
  const name = user.display_name ?? user.username;
  yield pageStart(`Parley: data of ${name}`);
  yield '<header>\n';
  if (avatar !== null) yield avatarHtml(avatar);
  yield `<h1>${nameHtml(name)}</h1>\n<p class="faint">Exported from Parley on ${timeHtml(exportedAt)}</p>\n</header>\n<main>\n`;
  yield profileHtml(user);
  yield `<h2>${countWords(conversations.length, 'conversation')}</h2>\n<ul class="list">\n`;
  for (const conversation of conversations) yield conversationHtml(conversation);
  yield `</ul>\n<h2>For programs</h2>\n<p>The same is in <code>profile.json</code>, <code>conversations.jsonl</code> and <code>messages.jsonl</code>, in the form of the server’s API: one JSON object per line.</p>\n</main>\n`;
  yield PAGE_END;
}

const avatarHtml = ({ type, bytes }: Avatar): string =>
  `<img alt="" src="data:${type};base64,${Buffer.from(bytes).toString('base64')}">\n`;

const profileHtml = ({ username, about, created_at }: OwnAccount): string =>
  `<dl>\n<dt>Username</dt><dd>${nameHtml(username)}</dd>\n${about === null ? '' : `<dt>About</dt><dd dir="auto">${escapedText(about)}</dd>\n`}<dt>Account since</dt><dd>${timeHtml(created_at)}</dd>\n</dl>\n`;

const conversationHtml = (conversation: ExportedConversation): string => {
  const { peerName, peerHandle, lastAt, removedUntil } = conversation;
  const count = messageCount(conversation);
  const name = nameHtml(peerName);
  const shown =
    count === 0 ? name : `<a href="conversations/${escapedText(partFile(conversation, 1))}">${name}</a>`;
  const handle = peerHandle === '' ? '' : ` <span class="faint">@${nameHtml(peerHandle)}</span>`;
  const last = lastAt === null ? '' : `, the last on ${timeHtml(lastAt)}`;
  const removed = removedUntil === null ? '' : `. ${removedWords(removedUntil)}`;
  return `<li><p>${shown}${handle}</p><p class="faint">${countWords(count, 'message')}${last}${removed}</p></li>\n`;
};

/** Why a conversation does not begin with its first message. */
export const removedWords = (until: string): string =>
  `The server has removed earlier messages, up to ${timeHtml(until)}`;
