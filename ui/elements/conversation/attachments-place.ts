import { html, nothing, type TemplateResult } from 'lit';
import type { PendingFiles } from '../../attachments/pending-files.ts';
import type { Message } from '../../model/model.ts';
import { isPicture } from '../../model/text/attachment-words.ts';
import { loadOnce } from '../shared/load-part.ts';

/** Loads the element for what messages carry. */
export const loadAttachments = loadOnce(async () => {
  await import('../files/message-attachments.ts');
});
const TILES_MOST = 4;

/** What a message carries. Until the element for it is loaded, its children hold its place; afterwards they are not shown. */
export const attachmentsOf = (
  message: Message,
  sender: string,
  outgoing: PendingFiles,
): TemplateResult | typeof nothing => {
  const { attachments, seq } = message;
  if (attachments.length === 0) return nothing;
  loadAttachments();
  const pictures = attachments.filter(isPicture).length;
  return html`<message-attachments
    .message=${message}
    .sender=${sender}
    .outgoing=${seq === null ? outgoing : null}
    >${pictures > 0 ? html`<i class="p${Math.min(pictures, TILES_MOST)}"></i>` : nothing}${Array.from(
      { length: attachments.length - pictures },
      () => html`<b></b>`,
    )}</message-attachments
  >`;
};
