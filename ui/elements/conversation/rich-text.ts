import { html, nothing, type TemplateResult } from 'lit';
import { mayBeFormatted, plainOf, type FormattedPart } from '../../model/text/formatting.ts';
import { pieces } from '../../model/text/links.ts';
import { messageParts } from '../../model/text/plain-message.ts';
import { NARROW } from '../../model/text/fold.ts';
import { panelStrings } from '../../strings/panel-strings.ts';
import { isFormattingWanted, showRich } from '../shared/message-text.ts';

/** The text with its addresses as links. */
const linked = (text: string): readonly (TemplateResult | string)[] =>
  pieces(text).map(({ text: words, href }) =>
    href === null
      ? words
      : html`<a href=${href} target=${href.startsWith('http') ? '_blank' : nothing} rel="noopener noreferrer"
          >${words}</a
        >`,
  );

/** A line of code that is longer may be wider than its bubble. */
const WIDE_CODE = 24;

const textIn = (parts: readonly FormattedPart[]): string => plainOf(parts);
const isWide = (code: string): boolean => code.split('\n').some((line) => line.length > WIDE_CODE);

/** The marks stay in the document, so that what is copied is the source. */
const shown = (part: FormattedPart): unknown => {
  switch (part.kind) {
    case 'text':
      return linked(part.text);
    case 'mark':
    case 'break':
      return html`<span hidden>${part.text}</span>`;
    case 'bold':
      return html`<strong>${part.parts.map(shown)}</strong>`;
    case 'italic':
      return html`<em>${part.parts.map(shown)}</em>`;
    case 'code':
      return html`<code dir="ltr">${part.parts.map(asCode)}</code>`;
    case 'quote':
      return html`<blockquote dir="auto">${part.parts.map(shown)}</blockquote>`;
    case 'block':
      return codeBlock(part.parts);
  }
};

/** In code, nothing is a link. */
const asCode = (part: FormattedPart): unknown => (part.kind === 'text' ? part.text : shown(part));

/** One that may have to be scrolled can be reached with the keyboard. */
const codeBlock = (parts: readonly FormattedPart[]): TemplateResult =>
  isWide(textIn(parts))
    ? html`<pre
        dir="ltr"
        tabindex="0"
        role="region"
        aria-label=${panelStrings().formatting.code}
      ><code>${parts.map(asCode)}</code></pre>`
    : html`<pre dir="ltr"><code>${parts.map(asCode)}</code></pre>`;

const KEPT = 300;
/** The texts that were asked about last. A list asks about the same ones with each render. */
const held = new Map<string, readonly FormattedPart[]>();
const partsOf = (text: string): readonly FormattedPart[] => {
  let parts = held.get(text);
  if (parts === undefined) {
    parts = messageParts(text);
    if (held.size >= KEPT) held.clear();
    held.set(text, parts);
  }
  return parts;
};

const isPlain = (text: string): boolean => !isFormattingWanted() || !mayBeFormatted(text);

/** A line of code does not wrap. */
const asHigh = (part: FormattedPart): string =>
  part.kind === 'block'
    ? textIn(part.parts)
        .split('\n')
        .map((line) => line.slice(0, NARROW))
        .join('\n')
    : 'parts' in part
      ? textIn(part.parts)
      : part.text;

showRich({
  shown: (text) => (isPlain(text) ? linked(text) : partsOf(text).map(shown)),
  plain: (text) => (isPlain(text) ? text : plainOf(partsOf(text))),
  hasBlocks: (text) =>
    !isPlain(text) && partsOf(text).some(({ kind }) => kind === 'block' || kind === 'quote'),
  measured: (text) => (isPlain(text) ? text : partsOf(text).map(asHigh).join('')),
});
