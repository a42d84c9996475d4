import { html, nothing, type TemplateResult } from 'lit';
import type { PendingFiles } from '../../attachments/pending-files.ts';
import { stateOf } from '../../model/edit.ts';
import { originalOf, type HeldOriginals } from '../../history/originals.ts';
import { isDeleted, type Conversation, type Mark, type Message, type Model } from '../../model/model.ts';
import { shownReactions } from '../../model/reactions.ts';
import { dayName } from '../../model/text/dates.ts';
import type { Row } from '../../history/rows.ts';
import { language } from '../../strings/locale.ts';
import { strings } from '../../strings/strings.ts';
import './message-bubble.ts';

/** What all rows of a list have in common. */
export interface RowPlace {
  readonly conversation: Conversation;
  /** Whether the user has blocked the peer. */
  readonly blocked: boolean;
  readonly name: string;
  /** The `seq` of the message that was searched for. */
  readonly hit: number | null;
  /** The id of the message whose details are shown. */
  readonly detailed: string | null;
  readonly now: number;
  readonly messages: readonly Message[];
  readonly pendingReactions: Model['pendingReactions'];
  readonly originals: HeldOriginals;
  /** The files of unsent messages. */
  readonly outgoing: PendingFiles;
  /** The id of the user. */
  readonly me: string;
}

/** Receipts go only to the message whose details are shown. Otherwise every bubble would render again with each
 *  receipt. */
const NO_MARKS: readonly Mark[] = [];
const NONE_OUTGOING: PendingFiles = new Map();

/** Renders one message and what stands above it: the day, the unread line, the name. */
export const messageRow = (
  row: Row,
  {
    conversation,
    blocked,
    name,
    hit,
    detailed,
    now,
    messages,
    pendingReactions,
    originals,
    outgoing,
    me,
  }: RowPlace,
): TemplateResult => {
  const { message } = row;
  const isHit = message.seq !== null && message.seq === hit;
  const classes = ['row', row.first ? 'first' : '', isHit ? 'hit' : ''];
  const isDetailed = detailed === message.id;
  return html`<li
    class=${classes.join(' ')}
    tabindex="-1"
    data-id=${message.id}
    data-seq=${message.seq ?? nothing}
  >
    ${row.day ? html`<h3 class="day">${dayName(message.sentAt, now, language())}</h3>` : nothing}
    ${row.unread ? html`<div class="unread" role="separator">${strings().chat.unreadLine}</div>` : nothing}
    <message-bubble
      .message=${message}
      .sender=${message.mine ? strings().you : name}
      .delivery=${message.mine ? stateOf(message, conversation) : null}
      .mine=${message.mine}
      .first=${row.first}
      .last=${row.last}
      .peer=${name}
      .me=${me}
      .answerable=${message.seq !== null && !isDeleted(conversation.peer) && !blocked}
      .blocked=${blocked}
      .original=${message.replyTo && originalOf(message.replyTo, [messages], originals, conversation)}
      .reactions=${shownReactions(message, pendingReactions, me)}
      .outgoing=${message.seq === null && message.attachments.length > 0 ? outgoing : NONE_OUTGOING}
      .hit=${isHit}
      .details=${isDetailed}
      .deliveredMarks=${isDetailed ? conversation.deliveredMarks : NO_MARKS}
      .readMarks=${isDetailed ? conversation.readMarks : NO_MARKS}
    ></message-bubble>
  </li>`;
};
