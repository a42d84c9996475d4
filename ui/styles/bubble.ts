import { css } from 'lit';

export const bubbleStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
  }
  :host([mine]) {
    align-items: flex-end;
  }
  article {
    position: relative;
    max-inline-size: min(36rem, 84%);
    padding: 0.375rem var(--s3);
    border-radius: var(--round-bubble);
    background: var(--theirs);
    border: 1px solid var(--theirs-line);
  }
  :host([mine]) article {
    background: var(--mine);
    border-color: var(--mine);
    color: var(--mine-text);
  }
  /* Within a run of one user's messages, the corners between bubbles are less rounded. */
  :host(:not([mine]):not([first])) article {
    border-start-start-radius: 0.3125rem;
  }
  :host(:not([mine]):not([last])) article {
    border-end-start-radius: 0.3125rem;
  }
  :host([mine]:not([first])) article {
    border-start-end-radius: 0.3125rem;
  }
  :host([mine]:not([last])) article {
    border-end-end-radius: 0.3125rem;
  }
  /* Names, times and icons are left out of copied text. */
  .visually-hidden,
  .meta,
  .fold {
    -webkit-user-select: none;
    user-select: none;
  }
  .text {
    display: inline;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    unicode-bidi: plaintext;
    -webkit-user-select: text;
    user-select: text;
  }
  .text.everywhere,
  .text.blocks,
  /* Each line is aligned by its own direction. With inline display, all would follow the page's. */
  :host(:dir(ltr)) .text:dir(rtl),
  :host(:dir(rtl)) .text:dir(ltr) {
    display: block;
  }
  /* Fewer lines than foldOf requires, so that something is always hidden. The overflow is not clipped: the browser
   *  can scroll to a search match. */
  .everywhere.folded {
    max-block-size: 20lh;
    overflow: hidden;
    mask-image: linear-gradient(#000 calc(100% - 2lh), transparent);
  }
  .fold.narrow {
    display: none;
  }
  @container (inline-size < 30rem) {
    .text.narrow {
      display: block;
    }
    .narrow.folded {
      max-block-size: 20lh;
      overflow: hidden;
      mask-image: linear-gradient(#000 calc(100% - 2lh), transparent);
    }
    .fold.narrow {
      display: inline;
    }
  }
  @media print {
    .text.folded {
      max-block-size: none;
      overflow: visible;
      mask-image: none;
    }
    .fold,
    .fold.narrow {
      display: none;
    }
  }
  :host([mine]) .fold {
    color: inherit;
    text-decoration: underline;
  }
  /* A long press opens the menu, which has an entry for selecting text. */
  @media (hover: none) and (pointer: coarse) {
    article,
    .text {
      -webkit-touch-callout: none;
      -webkit-user-select: none;
      user-select: none;
    }
    .text a {
      -webkit-touch-callout: default;
    }
    :host([selectable]) .text {
      -webkit-user-select: text;
      user-select: text;
    }
  }
  .text code {
    padding: 0.0625rem 0.25rem;
    border-radius: 0.3125rem;
    background: color-mix(in srgb, currentColor 9%, transparent);
    font-family: var(--code);
    font-size: 0.875em;
    unicode-bidi: isolate;
  }
  /* As wide as the bubble may be: a longer line is scrolled. */
  .text pre {
    margin-block: 0.25rem;
    padding: var(--s2) 0.625rem;
    border-radius: 0.5rem;
    background: color-mix(in srgb, currentColor 9%, transparent);
    overflow-x: auto;
    overscroll-behavior-x: contain;
    scrollbar-width: thin;
    white-space: pre;
    overflow-wrap: normal;
    tab-size: 4;
    unicode-bidi: isolate;
  }
  .text pre code {
    padding: 0;
    background: none;
    line-height: 1.45;
  }
  .text blockquote {
    margin: 0.25rem 0;
    padding-inline-start: 0.625rem;
    border-inline-start: 3px solid color-mix(in srgb, currentColor 35%, transparent);
    unicode-bidi: plaintext;
  }
  .text :is(pre, blockquote):first-child {
    margin-block-start: 0.125rem;
  }
  .text a {
    color: var(--accent);
    text-underline-offset: 0.125em;
  }
  :host([mine]) .text a {
    color: inherit;
  }
  .meta {
    float: inline-end;
    display: inline-flex;
    align-items: center;
    gap: 0.1875rem;
    min-block-size: 1.5rem;
    margin-block: 0.0625rem -0.25rem;
    margin-inline: 0.625rem -0.25rem;
    padding-inline: 0.25rem;
    border-radius: 0.375rem;
    color: var(--quiet);
    font-size: 0.6875rem;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  :host([mine]) .meta {
    color: var(--mine-quiet);
  }
  .meta:hover {
    text-decoration: underline;
  }
  .tick.read {
    color: var(--accent);
  }
  .tick.failed {
    color: var(--danger);
  }
  /* One width, whatever the pictures are: nothing moves when they are there. */
  .pictured {
    inline-size: min(21rem, 84%);
  }
  .filed {
    min-inline-size: min(15rem, 84%);
  }
  message-attachments {
    display: block;
    margin: -0.125rem -0.5rem 0.25rem;
  }
  .filed message-attachments {
    margin-inline: -0.375rem;
  }
  /* Nothing but pictures: the time is on them. */
  .bare message-attachments {
    margin-block-end: -0.125rem;
  }
  :host .bare .meta {
    position: absolute;
    inset-block-end: 0.625rem;
    inset-inline-end: 0.625rem;
    margin: 0;
    padding-inline: 0.5rem;
    border-radius: 1rem;
    background: rgb(0 0 0 / 0.6);
    color: #fff;
  }
  :host .bare .tick.read {
    color: #9fe0dc;
  }
  :host .bare .tick.failed {
    color: #ff9a8d;
  }
  /* Its children hold its place until it is loaded: they are as high as what it shows. */
  message-attachments i {
    display: block;
    aspect-ratio: 4 / 3;
    border-radius: 0.75rem;
    background: color-mix(in srgb, currentColor 8%, transparent);
  }
  message-attachments .p2 {
    aspect-ratio: 2 / 1;
  }
  message-attachments b {
    display: block;
    block-size: 3.25rem;
  }
  message-attachments b + b {
    margin-block-start: 0.125rem;
  }
  message-attachments i + b {
    margin-block-start: 0.25rem;
  }
  /* As high as they are once they are loaded. */
  message-quote {
    display: block;
    min-block-size: 2.75rem;
    margin-block-end: 0.25rem;
  }
  message-reactions {
    display: block;
    min-block-size: 1.5rem;
    margin-block: -0.25rem 0.125rem;
    margin-inline: var(--s2);
  }
`;
