import { css } from 'lit';

/** The shared styles of buttons and notices. */
export const controls = css`
  button {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    margin: 0;
    padding: 0;
    cursor: pointer;
    -webkit-tap-highlight-color: transparent;
  }
  button:disabled,
  button[aria-disabled='true'] {
    cursor: default;
    opacity: 0.55;
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: var(--s2);
    min-block-size: var(--target);
    padding: var(--s1) var(--s4);
    border-radius: var(--round);
    border: 1px solid var(--edge);
    background: var(--raised);
    font-weight: 550;
    transition: background var(--quick);
  }
  /* On a touch screen the colour would stay after the touch. */
  @media (hover: hover) {
    .button:hover:not(:disabled) {
      background: var(--hover);
    }
    .button.main:hover:not(:disabled) {
      background: var(--fill-hover);
      border-color: var(--fill-hover);
    }
    .icon:hover {
      background: var(--hover);
      color: var(--text);
    }
  }
  .button.main {
    background: var(--fill);
    border-color: var(--fill);
    color: var(--on-accent);
  }
  .button.danger {
    color: var(--danger);
    border-color: var(--danger);
  }
  .button.danger.main {
    background: var(--danger-fill);
    border-color: var(--danger-fill);
    color: var(--on-danger);
  }
  .icon {
    display: inline-grid;
    place-items: center;
    flex: none;
    inline-size: var(--target);
    block-size: var(--target);
    border-radius: var(--round);
    color: var(--quiet);
    transition: background var(--quick);
  }
  .icon[aria-expanded='true'],
  .icon[aria-pressed='true'] {
    background: var(--chosen);
    color: var(--text);
  }
  .link {
    color: var(--accent);
    font-weight: 550;
    border-radius: 0.25rem;
    padding: var(--s1);
    min-block-size: 1.5rem;
  }
  .link:hover {
    text-decoration: underline;
  }
  @media (pointer: coarse) {
    .link {
      min-block-size: var(--target);
      align-content: center;
    }
  }
  .fault {
    color: var(--danger);
    font-size: var(--small);
    font-weight: 550;
  }
  .notice {
    padding: var(--s3);
    border-radius: var(--round);
    background: var(--warn-back);
    color: var(--warn-text);
    /* Forced colours remove backgrounds but show transparent outlines. This applies wherever an outline is
     *  transparent. */
    outline: 1px solid transparent;
  }
  .spin {
    inline-size: 1.125rem;
    block-size: 1.125rem;
    flex: none;
    border-radius: 50%;
    border: 2px solid currentColor;
    border-inline-start-color: transparent;
    opacity: 0;
    animation:
      turn 0.9s linear infinite,
      appear 1ms 300ms forwards;
  }
  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }
  @keyframes appear {
    to {
      opacity: 1;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .spin {
      animation: appear 1ms 300ms forwards;
      border-style: dotted;
    }
  }
  @media (forced-colors: active) {
    .icon[aria-expanded='true'],
    .icon[aria-pressed='true'] {
      border: 1px solid;
    }
    .link {
      text-decoration: underline;
    }
    button:disabled,
    button[aria-disabled='true'] {
      color: GrayText;
      opacity: 1;
    }
    .spin {
      border-style: dotted;
    }
  }
`;
