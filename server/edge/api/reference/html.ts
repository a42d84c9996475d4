/** Pieces of the page as text. Whatever comes from a document goes through `escaped` or `inline`. */

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);

/** Text in which `backticks` mark code. */
export const inline = (text: string): string => escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');

/** The little of Markdown that the documents use: paragraphs and lists. */
export const prose = (text: string): string =>
  text
    .split(/\n\n+/)
    .map((block) => {
      const items = block.split('\n').filter((line) => line.startsWith('- '));
      if (items.length === 0) return `<p>${inline(block)}</p>`;
      return `<ul>${items.map((item) => `<li>${inline(item.slice(2))}</li>`).join('')}</ul>`;
    })
    .join('');

/** One line of printed JSON: its indentation and key, its value, and a comma or bracket. */
const LINE = /^(\s*)(?:("(?:[^"\\]|\\.)*")(: ))?(.*?)(,?)$/;

/** A value as JSON, with keys that stand out. It wraps instead of scrolling, so that nobody needs a mouse to read it. */
const example = (value: unknown): string =>
  JSON.stringify(value, null, 2)
    .split('\n')
    .map((line) => {
      const [, indent = '', key, colon = '', rest = '', comma = ''] = LINE.exec(line) ?? [];
      const named = key === undefined ? '' : `<b>${escaped(key)}</b>${colon}`;
      return `${indent}${named}${escaped(rest)}${comma}`;
    })
    .join('\n');

export const figure = (caption: string, value: unknown): string =>
  `<figure><figcaption>${inline(caption)}</figcaption><pre><code>${example(value)}</code></pre></figure>`;

/** An entry that has an address of its own: its heading links to it. */
export const entry = (id: string, heading: string, told: string, examples = ''): string =>
  `<article id="${id}"><h3><a href="#${id}">${heading}</a></h3><div class="told">${told}</div>` +
  `${examples === '' ? '' : `<div class="examples">${examples}</div>`}</article>`;

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly entries: readonly { readonly id: string; readonly label: string; readonly html: string }[];
}

export const sectionHtml = ({ id, title, lead, entries }: Section): string =>
  `<section id="${id}"><h2><a href="#${id}">${escaped(title)}</a></h2>${lead}` +
  `${entries.map(({ html }) => html).join('\n')}</section>`;
