import type { MessageResource } from '../../protocol/resources/message.ts';
import type { AttachmentResource } from '../../protocol/resources/attachment.ts';
import { attachmentPath, isOpenedSafely } from './attachment-name.ts';
import { escapedText, nameHtml, PAGE_END, pageStart, sizeWords, timeHtml } from './html.ts';
import { removedWords } from './index-page.ts';
import {
  partFile,
  partNumberOf,
  type ConversationPart,
  type ExportedConversation,
} from './exported-conversation.ts';

/** One page of a conversation, with the messages that `pages` gives. */
export async function* conversationPage(
  conversation: ExportedConversation,
  part: ConversationPart,
  { ownId, pages }: { readonly ownId: string; readonly pages: AsyncIterable<readonly MessageResource[]> },
): AsyncGenerator<string> {
  const { peerName, removedUntil } = conversation;
  yield pageStart(`Parley: ${peerName}`);
  yield `${linksHtml(conversation, part, 'Above the messages')}<header>\n<h1>${nameHtml(peerName)}</h1>\n</header>\n<main>\n`;
  if (part.number === 1 && removedUntil !== null)
    yield `<p class="faint">${removedWords(removedUntil)}.</p>\n`;
  for await (const messages of pages)
    yield messages.map((message) => messageHtml(message, conversation, { ownId, part })).join('');
  yield `</main>\n${linksHtml(conversation, part, 'Below the messages')}${PAGE_END}`;
}

const linksHtml = (
  conversation: ExportedConversation,
  { number, of }: ConversationPart,
  label: string,
): string => {
  const to = (page: number, words: string): string =>
    page < 1 || page > of ? '' : ` · <a href="${escapedText(partFile(conversation, page))}">${words}</a>`;
  const where =
    of === 1
      ? ''
      : ` · Page ${String(number)} of ${String(of)}${to(number - 1, 'Older')}${to(number + 1, 'Newer')}`;
  return `<nav aria-label="${label}"><a href="../index.html">All conversations</a>${where}</nav>\n`;
};

const messageHtml = (
  { seq, sender_id, sender_name, sent_at, content, reply_to, reactions, attachments }: MessageResource,
  conversation: ExportedConversation,
  { ownId, part }: { readonly ownId: string; readonly part: ConversationPart },
): string => {
  const isMine = sender_id === ownId;
  const reply = reply_to === null ? '' : replyHtml(reply_to.seq, conversation, part);
  const emojis = reactions.map(({ emoji }) => escapedText(emoji)).join(' ');
  return (
    `<article id="m${String(seq)}"${isMine ? ' class="mine"' : ''}>` +
    `<header><strong>${nameHtml(sender_name)}</strong>${timeHtml(sent_at)}</header>${reply}` +
    (content === '' && attachments.length > 0
      ? ''
      : `<p class="text" dir="auto">${escapedText(content)}</p>`) +
    (attachments.length === 0 ? '' : `<ul class="files">${attachments.map(attachmentHtml).join('')}</ul>`) +
    `${emojis === '' ? '' : `<p class="reactions">${emojis}</p>`}</article>\n`
  );
};

/** Where the file is, and how it is called; a link to it if a browser runs nothing of it. */
const attachmentHtml = (attachment: AttachmentResource): string => {
  const { name, size } = attachment;
  const path = attachmentPath(attachment);
  const sizeHtml = ` <span class="faint">${sizeWords(size)}`;
  if (!isOpenedSafely(name)) return `<li>${nameHtml(name)}${sizeHtml}, in ${escapedText(path)}</span></li>`;
  const href = path.split('/').map(encodeURIComponent).join('/');
  return `<li><a href="../${escapedText(href)}">${nameHtml(name)}</a>${sizeHtml}</span></li>`;
};

const replyHtml = (seq: number, conversation: ExportedConversation, part: ConversationPart): string => {
  const words = `Reply to message ${String(seq)}`;
  if (seq < conversation.from) return `<p class="faint">${words}, which is not here any more</p>`;
  const number = partNumberOf(conversation, seq);
  const file = number === part.number ? '' : escapedText(partFile(conversation, number));
  return `<p class="faint"><a href="${file}#m${String(seq)}">${words}</a></p>`;
};
