import { css } from 'lit';

/** The form in which messages are written. */
export const messageInputStyles = css`
  :host {
    display: block;
    flex: none;
    padding: var(--s2) var(--s4) max(var(--s3), env(safe-area-inset-bottom));
  }
  form {
    display: flex;
    flex-wrap: wrap;
    align-items: flex-end;
    gap: var(--s1) var(--s2);
    inline-size: min(58rem, 100%);
    margin-inline: auto;
    padding: 0.25rem;
    border: 1px solid var(--edge);
    border-radius: 1.375rem;
    background: var(--raised);
  }
  form:focus-within {
    border-color: var(--accent);
    box-shadow: inset 0 0 0 1px var(--accent);
  }
  form.over {
    border-color: var(--danger);
    box-shadow: inset 0 0 0 1px var(--danger);
  }
  reply-bar {
    display: block;
    flex: 1 0 100%;
    min-block-size: 2.75rem;
  }
  textarea {
    flex: 1;
    min-inline-size: 0;
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    outline: 0;
    resize: none;
    padding: 0.5rem 0.75rem;
    min-block-size: 2.375rem;
    max-block-size: min(40dvh, 16rem);
    line-height: 1.4;
    unicode-bidi: plaintext;
    overflow-wrap: anywhere;
    scrollbar-width: thin;
  }
  /* The form around the field shows the focus instead. */
  textarea:focus-visible {
    outline: 0;
  }
  @media (forced-colors: active) {
    form:focus-within {
      outline: 2px solid Highlight;
    }
  }
  textarea::placeholder {
    color: var(--quiet);
    opacity: 1;
  }
  .send {
    border: 1px solid transparent;
    background: var(--fill);
    color: var(--on-accent);
    border-radius: 50%;
    inline-size: 2.375rem;
    block-size: 2.375rem;
  }
  @media (pointer: coarse) {
    textarea {
      min-block-size: var(--target);
      padding-block: 0.6875rem;
    }
    .clip,
    .smile,
    .send {
      inline-size: var(--target);
      block-size: var(--target);
    }
  }
  .clip,
  .smile {
    border-radius: 50%;
    color: var(--quiet);
  }
  .clip,
  .smile,
  .send {
    flex: none;
  }
  draft-files {
    display: block;
    flex: 1 0 100%;
    min-inline-size: 0;
  }
  .send:hover:not([aria-disabled='true']) {
    background: var(--fill-hover);
    color: var(--on-accent);
  }
  .send[aria-disabled='true'] {
    background: none;
    color: var(--quiet);
  }
  .below {
    inline-size: min(58rem, 100%);
    margin-inline: auto;
    padding: var(--s1) var(--s3) 0;
    display: flex;
    justify-content: space-between;
    gap: var(--s3);
    font-variant-numeric: tabular-nums;
  }
  .count {
    flex: none;
    margin-inline-start: auto;
    white-space: nowrap;
  }
  blocked-note {
    display: block;
    min-block-size: var(--target);
  }
  .closed {
    inline-size: min(58rem, 100%);
    margin-inline: auto;
    text-align: center;
  }
  :host(:dir(rtl)) .mirrored {
    transform: scaleX(-1);
    transform-origin: center;
  }
`;
