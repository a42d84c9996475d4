import { createHash } from 'node:crypto';

/** The frame of the pages of an export. They run no script and load nothing: the policy forbids both, whatever stands in a message. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in an element or in an attribute. */
export const escapedText = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '');

const STYLE = `
:root { color-scheme: light dark; --edge: light-dark(#d5d8de, #3a3f47); --faint: light-dark(#5b626c, #a4abb5); --mine: light-dark(#e3eefb, #1d3350); --theirs: light-dark(#f1f2f4, #272b31); --link: light-dark(#0a58b8, #8abaff); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 46rem; padding: 1.5rem 1rem 3rem; font: 1rem/1.5 system-ui, sans-serif; background: light-dark(#fff, #16181c); color: light-dark(#16181c, #eceef1); overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
a { color: var(--link); }
.faint, time, nav { color: var(--faint); font-size: .875rem; }
ul, ol { list-style: none; margin: 0; padding: 0; }
.list li { padding: .6rem 0; border-top: 1px solid var(--edge); }
.list p { margin: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0; }
dt { color: var(--faint); }
dd { margin: 0; }
img { width: 6rem; height: 6rem; object-fit: cover; border-radius: 50%; }
article { margin: .5rem 3rem .5rem 0; padding: .5rem .75rem; border-radius: .75rem; background: var(--theirs); unicode-bidi: isolate; }
article.mine { margin: .5rem 0 .5rem 3rem; background: var(--mine); }
article header { display: flex; flex-wrap: wrap; gap: 0 .75rem; align-items: baseline; }
.text { margin: .15rem 0; white-space: pre-wrap; unicode-bidi: isolate; }
.reactions, .files { margin: .15rem 0 0; }
.files li { unicode-bidi: isolate; }
article:target { outline: 2px solid var(--link); }
@media print { article { break-inside: avoid; } }
`;
const POLICY = [
  "default-src 'none'",
  // No style but the one of this page.
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  // The avatar stands in the page itself.
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Everything before the content of a page. `title` is text. */
export const pageStart = (title: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapedText(title)}</title>
<style>${STYLE}</style>
</head>
<body>
`;
export const PAGE_END = '</body>\n</html>\n';

/** A name, kept apart from the direction of what stands around it. */
export const nameHtml = (name: string): string => `<bdi>${escapedText(name)}</bdi>`;

/** `2026-12-02T03:04:05.000Z` as it is read; always UTC, because a page without a script does not know where it is read. */
export const timeHtml = (at: string): string =>
  `<time datetime="${escapedText(at)}">${escapedText(at.slice(0, 16).replace('T', ' '))} UTC</time>`;

/** Bytes as people read them. */
export const sizeWords = (bytes: number): string => {
  if (bytes < 1_000) return countWords(bytes, 'byte');
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(0)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
};

export const countWords = (count: number, one: string): string =>
  `${String(count)} ${one}${count === 1 ? '' : 's'}`;
