import { css } from 'lit';

export const messageListStyles = css`
  :host {
    position: relative;
    display: block;
    flex: 1;
    min-block-size: 0;
  }
  /* scrollTop 0 is the newest message. It stays in place when the text field below grows and when rows are added
   *  above. */
  .scroller {
    display: flex;
    flex-direction: column-reverse;
    block-size: 100%;
    overflow: hidden auto;
    overscroll-behavior: contain;
    overflow-anchor: none;
    scrollbar-width: thin;
  }
  .scroller:focus-visible {
    outline-offset: -3px;
  }
  .content {
    flex: none;
    inline-size: min(60rem, 100%);
    margin-inline: auto;
    padding: var(--s4) var(--s4) var(--s2);
  }
  .row {
    padding: 0.0625rem 0.1875rem;
    border-radius: 0.75rem;
  }
  .row.first {
    padding-block-start: 0.375rem;
  }
  .row:focus-visible {
    outline-offset: -1px;
  }
  /* Only the message. The day or the unread line above it was not searched for. */
  .row.hit message-bubble {
    border-radius: 0.75rem;
    animation: hit 2.4s ease-out;
  }
  @media (forced-colors: active) {
    .row.hit:not(:focus-visible) {
      outline: 2px solid Highlight;
    }
  }
  @keyframes hit {
    0%,
    50% {
      background: color-mix(in srgb, var(--mark) 55%, transparent);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .row.hit message-bubble {
      animation: none;
      background: color-mix(in srgb, var(--mark) 55%, transparent);
    }
  }
  .day {
    display: flex;
    justify-content: center;
    padding-block: var(--s4) var(--s2);
    font-size: var(--tiny);
    font-weight: 600;
    color: var(--quiet);
  }
  .unread {
    display: flex;
    align-items: center;
    gap: var(--s3);
    padding-block: var(--s2);
    color: var(--accent);
    font-size: var(--tiny);
    font-weight: 650;
  }
  .unread::before,
  .unread::after {
    content: '';
    flex: 1;
    border-block-start: 1px solid currentColor;
    opacity: 0.5;
  }
  .edge {
    display: flex;
    flex-direction: column;
    gap: var(--s2);
    align-items: center;
    padding: var(--s3) var(--s4) 0;
    min-block-size: 2rem;
    color: var(--quiet);
    font-size: var(--small);
    text-align: center;
  }
  .paper {
    display: none;
  }
  @media print {
    .paper {
      display: block;
    }
    .scroller {
      display: block;
      block-size: auto;
      overflow: visible;
    }
    .row {
      break-inside: avoid;
    }
    .day {
      break-after: avoid;
    }
    scroll-buttons {
      display: none;
    }
  }
`;
