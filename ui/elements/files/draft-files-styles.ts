import { css } from 'lit';

/** The look of the files of a draft. */
export const draftFilesStyles = css`
  :host {
    padding: var(--s1) var(--s1) 0;
  }
  ul {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr));
    gap: var(--s1);
    max-block-size: min(30dvh, 14rem);
    overflow-y: auto;
    overscroll-behavior: contain;
  }
  li {
    display: flex;
    align-items: center;
    gap: var(--s2);
    min-inline-size: 0;
    padding: var(--s1);
    border: 1px solid var(--line);
    border-radius: 0.875rem;
    background: var(--page);
  }
  li.refused {
    border-color: var(--danger);
  }
  .sign {
    position: relative;
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 2.75rem;
    block-size: 2.75rem;
    border-radius: 0.625rem;
    overflow: hidden;
    background: var(--hover);
    color: var(--quiet);
  }
  .refused .sign {
    color: var(--danger);
  }
  img {
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
  }
  .over {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
    background: color-mix(in srgb, var(--page) 65%, transparent);
    color: var(--accent);
  }
  .refused .over {
    color: var(--danger);
  }
  .what {
    flex: 1;
    min-inline-size: 0;
    font-size: var(--small);
  }
  .name {
    display: flex;
    min-inline-size: 0;
    font-weight: 550;
    white-space: pre;
  }
  .head {
    flex-shrink: 1000;
    min-inline-size: 3.5ch;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  /* If there is no room for both, its end stays. */
  .tail {
    display: flex;
    justify-content: flex-end;
    min-inline-size: 0;
    overflow: hidden;
  }
  .line {
    display: block;
    color: var(--quiet);
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }
  .line.fault {
    color: var(--danger);
  }
  .original {
    padding: var(--s1) var(--s2);
    font-size: var(--small);
  }
  .original[aria-pressed='true'] {
    background: var(--chosen);
    border-color: var(--accent);
  }
  .icon {
    border-radius: 50%;
  }
  .hint,
  .fault,
  .notice {
    margin-block-start: var(--s1);
    font-size: var(--small);
  }
  .hint {
    color: var(--quiet);
  }
`;
