import type { OutgoingAttachment } from '../../attachments/outgoing-attachment.ts';
import { fileStrings } from '../../strings/file-strings.ts';

/** How far a file is on its way to the server, or why it will not get there. Empty once the server has it. */
export const outgoingWords = ({ state, sent, size, refusal }: OutgoingAttachment): string => {
  const { outgoing: words } = fileStrings();
  switch (state) {
    case 'preparing':
      return words.preparing;
    case 'waiting':
      return words.waiting;
    case 'uploading':
      return words.sent(percentOf(sent, size));
    case 'uploaded':
      return '';
    case 'refused':
      if (refusal === 'too-large' || refusal === 'payload_too_large') return words.tooLarge;
      if (refusal === 'unreadable') return words.unreadable;
      return refusal === 'insufficient_storage' ? words.full : words.refused;
  }
};

const percentOf = (sent: number, size: number): number =>
  size === 0 ? 0 : Math.min(100, Math.floor((100 * sent) / size));

/** From 0 to 1; null if it is not known. */
export const outgoingPart = ({ state, sent, size }: OutgoingAttachment): number | null =>
  state === 'uploading' && size > 0 ? Math.min(1, sent / size) : null;
