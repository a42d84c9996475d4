import { css } from 'lit';

export const emojiPickerStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    inline-size: min(23rem, 100vw - 1rem);
    block-size: min(26rem, 100dvh - 1rem);
  }
  .top {
    display: flex;
    flex: none;
    gap: var(--s2);
    padding: var(--s2) var(--s2) var(--s1);
  }
  .top input {
    flex: 1;
    min-inline-size: 0;
  }
  .emoji {
    display: grid;
    place-items: center;
    overflow: hidden;
    border-radius: var(--round);
    font-family: var(--emoji);
    font-size: 1.375rem;
    line-height: 1;
    white-space: nowrap;
  }
  .emoji:hover {
    background: var(--hover);
  }
  .emoji:focus-visible {
    background: var(--hover);
    outline-offset: -2px;
  }
  .tone {
    flex: none;
    inline-size: var(--target);
    block-size: var(--target);
    font-size: 1.25rem;
  }
  .tones {
    display: flex;
    flex: none;
    justify-content: space-between;
    gap: var(--s1);
    padding: 0 var(--s2) var(--s1);
  }
  .tones .emoji {
    flex: 1;
    block-size: var(--target);
  }
  .kinds {
    display: flex;
    flex: none;
    padding-inline: var(--s2);
    border-block-end: 1px solid var(--line);
  }
  .kinds button {
    display: grid;
    place-items: center;
    flex: 1;
    min-inline-size: 0;
    block-size: 2.25rem;
    border-block-end: 2px solid transparent;
    color: var(--quiet);
    font-family: var(--emoji);
    font-size: 1.0625rem;
    line-height: 1;
    filter: grayscale(1);
    opacity: 0.75;
  }
  .kinds button:hover,
  .kinds button[aria-current='true'] {
    filter: none;
    opacity: 1;
  }
  .kinds button[aria-current='true'] {
    border-block-end-color: var(--accent);
  }
  .kinds button:focus-visible {
    outline-offset: -2px;
  }
  .groups {
    position: relative;
    flex: 1;
    min-block-size: 0;
    overflow: hidden auto;
    overscroll-behavior: contain;
    padding: 0 var(--s2) var(--s2);
    scrollbar-width: thin;
  }
  h3 {
    position: sticky;
    inset-block-start: 0;
    z-index: 1;
    padding: var(--s2) var(--s1) var(--s1);
    background: var(--raised);
    color: var(--quiet);
    font-size: var(--tiny);
    font-weight: 600;
  }
  .group {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(var(--target), 1fr));
    content-visibility: auto;
    contain-intrinsic-size: auto 40rem;
  }
  .group.few {
    content-visibility: visible;
  }
  .group .emoji {
    block-size: var(--target);
    scroll-margin-block: 2.25rem 0.5rem;
  }
  .group [aria-pressed='true'],
  .tones [aria-checked='true'] {
    background: var(--chosen);
    box-shadow: inset 0 0 0 1px var(--accent);
  }
  .say {
    display: grid;
    justify-items: center;
    gap: var(--s3);
    padding: var(--s5) var(--s4);
    color: var(--quiet);
    text-align: center;
  }
  @media (pointer: coarse) {
    .kinds button {
      block-size: var(--target);
    }
  }
  @media (max-width: 720px) {
    :host {
      inline-size: 100%;
      block-size: min(26rem, 70dvh);
    }
    .group {
      grid-template-columns: repeat(auto-fill, minmax(2.75rem, 1fr));
    }
    .emoji {
      font-size: 1.625rem;
    }
  }
  @media (forced-colors: active) {
    .group [aria-pressed='true'],
    .tones [aria-checked='true'] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`;
