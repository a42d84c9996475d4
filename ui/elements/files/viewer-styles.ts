import { css } from 'lit';

export const viewerStyles = css`
  dialog {
    position: fixed;
    inset: 0;
    display: none;
    inline-size: 100%;
    block-size: 100%;
    max-inline-size: none;
    max-block-size: none;
    margin: 0;
    padding: 0;
    border: 0;
    overflow: hidden;
    color-scheme: dark;
    background: #0b0d0e;
    color: #f2f5f4;
    --accent: #8bd8d5;
  }
  dialog[open] {
    display: grid;
    grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
    animation: come var(--calm) var(--ease);
  }
  dialog::backdrop {
    background: #0b0d0e;
  }
  @keyframes come {
    from {
      opacity: 0;
    }
  }
  .bar {
    display: flex;
    align-items: center;
    gap: var(--s1);
    padding: max(var(--s2), env(safe-area-inset-top)) max(var(--s2), env(safe-area-inset-right)) var(--s2)
      max(var(--s4), env(safe-area-inset-left));
  }
  .what {
    flex: 1;
    min-inline-size: 0;
    line-height: 1.3;
  }
  .name {
    display: flex;
    inline-size: fit-content;
    max-inline-size: 100%;
    font-weight: 600;
    white-space: pre;
  }
  .head {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .tail {
    flex: none;
  }
  .about {
    color: #b3bcba;
    font-size: var(--small);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .icon {
    inline-size: max(2.75rem, 44px);
    block-size: max(2.75rem, 44px);
    color: inherit;
  }
  .icon > svg {
    max-inline-size: 1.75rem;
    max-block-size: 1.75rem;
  }
  @media (hover: hover) {
    .icon:hover:not([aria-disabled='true']) {
      background: rgb(255 255 255 / 0.14);
      color: inherit;
    }
  }
  .stage {
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    place-items: center;
    overflow: hidden;
    padding: 0 max(var(--s2), env(safe-area-inset-right)) max(var(--s2), env(safe-area-inset-bottom))
      max(var(--s2), env(safe-area-inset-left));
  }
  .stage img {
    display: block;
    max-inline-size: 100%;
    max-block-size: 100%;
    min-inline-size: 0;
    min-block-size: 0;
    object-fit: contain;
    -webkit-touch-callout: none;
    cursor: zoom-in;
  }
  .stage.actual {
    grid-template: auto / auto;
    place-content: safe center;
    overflow: auto;
    padding: 0;
    overscroll-behavior: contain;
  }
  .actual img {
    max-inline-size: none;
    max-block-size: none;
    cursor: zoom-out;
  }
  .say {
    max-inline-size: 24rem;
    padding: var(--s4);
    color: #b3bcba;
    text-align: center;
  }
  .step {
    position: absolute;
    inset-block-start: 50%;
    translate: 0 -50%;
    border-radius: 50%;
    background: rgb(0 0 0 / 0.45);
  }
  .step[aria-disabled='true'] {
    opacity: 0.25;
  }
  .previous {
    inset-inline-start: max(var(--s2), env(safe-area-inset-left));
  }
  .next {
    inset-inline-end: max(var(--s2), env(safe-area-inset-right));
  }
  :host(:dir(rtl)) .mirrored {
    transform: scaleX(-1);
    transform-origin: center;
  }
  .count {
    position: absolute;
    inset-block-end: max(var(--s3), env(safe-area-inset-bottom));
    inset-inline: 0;
    inline-size: fit-content;
    margin-inline: auto;
    padding: 0.125rem 0.625rem;
    border-radius: 1rem;
    background: rgb(0 0 0 / 0.6);
    font-size: var(--small);
    font-variant-numeric: tabular-nums;
  }
  .track {
    opacity: 0.25;
  }
  .turning {
    transform-box: view-box;
    transform-origin: center;
    animation: turn 0.9s linear infinite;
  }
  @media (prefers-reduced-motion: reduce) {
    .turning {
      animation: none;
    }
  }
  @media (forced-colors: active) {
    dialog {
      background: Canvas;
      color: CanvasText;
    }
    .step,
    .count {
      border: 1px solid;
      background: Canvas;
    }
  }
  @media print {
    .bar,
    .step,
    .count {
      display: none;
    }
  }
`;
