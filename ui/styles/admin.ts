import { css } from 'lit';

/** The styles that the sections of the admin page share: cards, rows, badges and lists of facts. */
export const adminStyles = css`
  :host {
    display: grid;
    gap: var(--s4);
    align-content: start;
  }
  .card {
    display: grid;
    gap: var(--s3);
    padding: var(--s4);
    background: var(--raised);
    border: 1px solid var(--line);
    border-radius: 0.75rem;
    overflow-wrap: anywhere;
    min-inline-size: 0;
  }
  h2 {
    font-size: var(--body);
    font-weight: 650;
  }
  .lead {
    color: var(--quiet);
    max-inline-size: 44rem;
  }
  .bar,
  .acts {
    display: flex;
    flex-wrap: wrap;
    gap: var(--s2);
    align-items: end;
  }
  .bar .field {
    flex: 1 1 10rem;
  }
  .rows > li {
    display: flex;
    flex-wrap: wrap;
    gap: var(--s1) var(--s3);
    align-items: center;
    padding-block: var(--s3);
    border-block-start: 1px solid var(--line);
  }
  .rows > li:first-child {
    border: 0;
    padding-block-start: 0;
  }
  .rows > li:last-child {
    padding-block-end: 0;
  }
  .grow {
    flex: 1 1 12rem;
    min-inline-size: 0;
  }
  b {
    font-weight: 600;
  }
  .badge {
    display: inline-block;
    padding: 0.0625rem var(--s2);
    border: 1px solid var(--edge);
    border-radius: 1rem;
    color: var(--quiet);
    font-size: var(--tiny);
    font-weight: 600;
    white-space: nowrap;
  }
  .badge.strong {
    border-color: var(--accent);
    color: var(--accent);
  }
  .badge.warn {
    border-color: var(--warn-text);
    background: var(--warn-back);
    color: var(--warn-text);
  }
  .badge.bad {
    border-color: var(--danger);
    color: var(--danger);
  }
  .facts {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(8.5rem, 100%), 1fr));
    gap: var(--s3) var(--s4);
  }
  dt {
    color: var(--quiet);
    font-size: var(--small);
  }
  dd {
    font-variant-numeric: tabular-nums;
  }
  .big dd {
    font-size: var(--large);
    font-weight: 600;
  }
  .code {
    font-family: ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', monospace;
    font-size: var(--small);
    -webkit-user-select: text;
    user-select: text;
    overflow-wrap: anywhere;
  }
  .secret {
    display: grid;
    gap: var(--s2);
    justify-items: start;
  }
  a {
    color: var(--accent);
    font-weight: 600;
    text-underline-offset: 0.125em;
  }
  .wait {
    min-block-size: 2rem;
  }
`;
