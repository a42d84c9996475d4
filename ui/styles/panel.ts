import { css } from 'lit';

/** A panel in the side pane: a header with a back button, a search field, and rows. */
export const panel = css`
  :host {
    display: flex;
    flex-direction: column;
    flex: 1;
    min-block-size: 0;
  }
  :host > div {
    display: flex;
    flex-direction: column;
    flex: 1;
    min-block-size: 0;
  }
  .head {
    display: flex;
    align-items: center;
    gap: var(--s1);
    padding: var(--s2);
    min-block-size: 3.75rem;
  }
  .head h2 {
    font-size: var(--large);
    font-weight: 650;
  }
  .ask {
    padding: 0 var(--s3) var(--s2);
    position: relative;
  }
  .ask input::-webkit-search-cancel-button {
    filter: grayscale(1);
    opacity: 0.7;
  }
  .ask .spin {
    position: absolute;
    inset-inline-end: 2.5rem;
    inset-block-start: 0.6875rem;
    color: var(--quiet);
  }
  .results {
    flex: 1;
    min-block-size: 0;
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: var(--s1) var(--s2) var(--s4);
  }
  .results h3 {
    padding: var(--s3) var(--s3) var(--s1);
    font-size: var(--tiny);
    font-weight: 650;
    color: var(--quiet);
  }
  .results button.result {
    display: flex;
    align-items: center;
    gap: var(--s3);
    inline-size: 100%;
    min-block-size: 3.25rem;
    padding: var(--s2) var(--s3);
    border-radius: var(--round);
    text-align: start;
  }
  .result:hover,
  .result[aria-selected='true'] {
    background: var(--hover);
  }
  .result:focus-visible {
    outline-offset: -2px;
  }
  .grow {
    flex: 1;
    min-inline-size: 0;
  }
  .name {
    text-align: -webkit-match-parent;
    text-align: match-parent;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .excerpt {
    color: var(--quiet);
    font-size: var(--small);
    overflow-wrap: anywhere;
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    overflow: hidden;
    unicode-bidi: plaintext;
  }
  .split {
    display: flex;
    justify-content: space-between;
    gap: var(--s2);
    align-items: baseline;
  }
  time {
    color: var(--quiet);
    font-size: var(--tiny);
    white-space: nowrap;
  }
  mark {
    color: var(--text);
    background: var(--mark);
    border-radius: 0.1875rem;
    padding-inline: 0.0625rem;
  }
  @media (forced-colors: active) {
    mark {
      color: MarkText;
      background: Mark;
    }
  }
  .say {
    padding: var(--s4) var(--s4);
    color: var(--quiet);
    text-align: center;
    overflow-wrap: anywhere;
  }
  .say.fault,
  .say .fault {
    color: var(--danger);
  }
  .say .fault + .button {
    margin-block-start: var(--s3);
  }
  .say .button {
    color: var(--text);
  }
  :host(:dir(rtl)) .mirrored {
    transform: scaleX(-1);
    transform-origin: center;
  }
`;
