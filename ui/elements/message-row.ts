import { html, nothing, type TemplateResult } from 'lit';
import { stateOf } from '../state/edit.ts';
import type { Chat, Mark } from '../state/model.ts';
import { dayName } from '../state/text/dates.ts';
import type { Row } from '../state/text/rows.ts';
import { language } from '../strings/locale.ts';
import { strings } from '../strings/strings.ts';
import './message-bubble.ts';

/** What all rows of a list share. */
export interface RowPlace {
  readonly chat: Chat;
  readonly name: string;
  /** The seq of the message that was looked for. */
  readonly hit: number | null;
  /** The id of the message whose details are shown. */
  readonly detailed: string | null;
  readonly now: number;
}

/** Receipts are shown with the details only: a bubble without them must not render again for each receipt. */
const NO_MARKS: readonly Mark[] = [];

/** One message with what stands above it. */
export const messageRow = (row: Row, { chat, name, hit, detailed, now }: RowPlace): TemplateResult => {
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
    ${row.day ? html`<h3 class="day">${dayName(message.at, now, language())}</h3>` : nothing}
    ${row.unread ? html`<div class="unread" role="separator">${strings().chat.unreadLine}</div>` : nothing}
    <message-bubble
      .message=${message}
      .sender=${message.mine ? strings().you : name}
      .delivery=${message.mine ? stateOf(message, chat) : null}
      .mine=${message.mine}
      .first=${row.first}
      .last=${row.last}
      .hit=${isHit}
      .details=${isDetailed}
      .deliveredMarks=${isDetailed ? chat.deliveredMarks : NO_MARKS}
      .readMarks=${isDetailed ? chat.readMarks : NO_MARKS}
    ></message-bubble>
  </li>`;
};
