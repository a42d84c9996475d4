import { attachmentWords } from '../../model/text/attachment-words.ts';
import { clockTime } from '../../model/text/dates.ts';
import { language } from '../../strings/locale.ts';
import { strings } from '../../strings/strings.ts';
import type { MessageElement } from './message-actions.ts';

/** The selected part of one message. */
export interface SelectedText {
  readonly element: MessageElement;
  readonly text: string;
}

/** The number of characters of a text before a point, which may be anywhere on the page. */
const lengthBefore = (text: Element, node: Node, offset: number): number => {
  const root = node.getRootNode();
  // The node that stands for the text in the tree of the point: the text itself, or the host of the shadow tree that
  // holds it.
  let at: Node = text;
  for (let own = at.getRootNode(); own !== root; own = at.getRootNode()) {
    if (own instanceof ShadowRoot) at = own.host;
    // The point is inside the tree of another element, and counts as a point at that element.
    else return root instanceof ShadowRoot ? lengthBefore(text, root.host, 0) : 0;
  }
  const range = document.createRange();
  if (at === text) range.selectNodeContents(text);
  else range.selectNode(at);
  const side = range.comparePoint(node, offset);
  if (side !== 0 || at !== text) return side > 0 ? text.textContent.length : 0;
  range.setEnd(node, offset);
  return range.toString().length;
};

/** Returns the messages that the selection touches. A selection of several messages spans several shadow trees, and
 *  only `getComposedRanges` reveals it. Returns nothing if the browser lacks that method. */
export const selectedTexts = (list: ShadowRoot): readonly SelectedText[] => {
  const elements = [...list.querySelectorAll('message-bubble')] as readonly (MessageElement & Element)[];
  const trees = elements.flatMap((element) => element.shadowRoot ?? []);
  const selection = getSelection() as Partial<Selection> | null;
  let range: StaticRange | undefined;
  try {
    range = selection?.getComposedRanges?.({ shadowRoots: [list, ...trees] })[0];
  } catch {
    // Safari 17 expects the shadow roots as arguments instead of an options object.
  }
  if (range === undefined) return [];
  const { startContainer, startOffset, endContainer, endOffset } = range;
  const selected = elements.map((element): SelectedText => {
    const text = element.shadowRoot?.querySelector('.text');
    if (!text) return { element, text: '' };
    const from = lengthBefore(text, startContainer, startOffset);
    const to = lengthBefore(text, endContainer, endOffset);
    return { element, text: text.textContent.slice(from, to) };
  });
  const first = selected.findIndex(({ text }) => text !== '');
  const last = selected.findLastIndex(({ text }) => text !== '');
  return selected
    .slice(Math.max(0, first), last + 1)
    .map(({ element, text }) => ({ element, text: text === '' ? withoutText(element) : text }))
    .filter(({ text }) => text !== '');
};

/** What stands for a message without a text between two others. */
const withoutText = ({ message }: MessageElement): string =>
  message?.content === '' ? attachmentWords(message.attachments) : '';

/** The text for the clipboard. For one message, only the selected text; for several, each with its sender and time. */
export const copyOf = (selected: readonly SelectedText[]): string => {
  if (selected.length === 1) return selected[0]?.text ?? '';
  return selected
    .map(({ element, text }) => {
      const time = clockTime(element.message?.sentAt ?? '', language());
      return `${strings().chat.sentBy(element.sender, time)}: ${text}`;
    })
    .join('\n');
};
