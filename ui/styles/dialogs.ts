import { css } from 'lit';

/** Native modal dialogs: the browser keeps the focus inside and returns it afterwards. */
export const dialogs = css`
  dialog {
    color: var(--text);
    background: var(--page);
    border: 1px solid var(--line);
    border-radius: 0.75rem;
    box-shadow: var(--shadow-high);
    padding: 0;
    inline-size: min(30rem, calc(100vw - 1.5rem));
    max-block-size: min(38rem, calc(100dvh - 3rem));
    overflow: hidden;
  }
  dialog.high {
    margin-block-start: min(12vh, 6rem);
  }
  dialog[open] {
    display: flex;
    flex-direction: column;
    animation: rise var(--calm) var(--ease);
  }
  dialog::backdrop {
    background: var(--veil);
  }
  @keyframes rise {
    from {
      opacity: 0;
      transform: translateY(0.5rem);
    }
  }
  .bar {
    display: flex;
    align-items: center;
    gap: var(--s2);
    padding: var(--s2) var(--s2) var(--s2) var(--s4);
    border-block-end: 1px solid var(--line);
  }
  .bar h2 {
    flex: 1;
    font-size: var(--large);
    font-weight: 650;
  }
  .inside {
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: var(--s4);
  }
`;
