import { css } from 'lit';

/** The tables of the live inspector, and the bars of a message's path. */
export const inspectorStyles = css`
  table {
    inline-size: 100%;
    border-collapse: collapse;
    font-size: var(--small);
  }
  th,
  td {
    padding: var(--s2) 0;
    padding-inline-end: var(--s3);
    text-align: start;
    font-weight: 400;
    vertical-align: top;
    overflow-wrap: normal;
    border-block-start: 1px solid var(--line);
  }
  th:last-child,
  td:last-child {
    padding-inline-end: 0;
  }
  thead th {
    border: 0;
    padding-block-start: 0;
    color: var(--quiet);
    font-size: var(--tiny);
  }
  td .code,
  th .code {
    white-space: nowrap;
  }
  .pair {
    display: flex;
    flex-wrap: wrap;
    column-gap: var(--s3);
    white-space: nowrap;
  }
  .number {
    text-align: end;
    unicode-bidi: plaintext;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  thead .number {
    white-space: normal;
  }
  .types {
    display: flex;
    flex-wrap: wrap;
    gap: var(--s1) var(--s4);
    color: var(--quiet);
    font-size: var(--small);
  }
  .waiting {
    display: flex;
    align-items: center;
    gap: var(--s2);
  }
  .waiting .spin {
    flex: none;
  }
  .waiting:empty {
    display: none;
  }
  .traces > li {
    border-block-start: 1px solid var(--line);
  }
  summary {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--s1) var(--s3);
    min-block-size: var(--target);
    padding-block: var(--s2);
    cursor: pointer;
    border-radius: var(--round);
  }
  summary::before {
    content: '';
    flex: none;
    inline-size: 0.4375rem;
    block-size: 0.4375rem;
    margin-inline: 0.1875rem;
    border: solid var(--quiet);
    border-width: 0 2px 2px 0;
    transform: rotate(-45deg);
  }
  :host(:dir(rtl)) summary::before {
    transform: rotate(135deg);
  }
  details[open] > summary::before {
    transform: rotate(45deg);
  }
  summary::-webkit-details-marker {
    display: none;
  }
  .who {
    font-weight: 600;
  }
  .total {
    margin-inline-start: auto;
    font-variant-numeric: tabular-nums;
  }
  details > :not(summary) {
    margin-block-end: var(--s3);
  }
  .path th[scope='row'] {
    inline-size: 100%;
  }
  .track {
    display: block;
    block-size: 0.375rem;
    margin-block-start: var(--s1);
    border-radius: 0.1875rem;
    background: var(--line);
    overflow: hidden;
  }
  .fill {
    display: block;
    block-size: 100%;
    min-inline-size: 2px;
    border-radius: inherit;
    background: var(--fill);
  }
  .fill.writer {
    background: var(--good);
  }
  /* The bars get the whole width, below the words. */
  @media (max-width: 480px) {
    .path tbody tr {
      position: relative;
    }
    .path tbody > tr > * {
      padding-block-end: var(--s4);
    }
    .track {
      position: absolute;
      inset-inline: 0;
      inset-block-end: var(--s1);
    }
  }
  .after {
    display: grid;
    gap: var(--s1);
    color: var(--quiet);
    font-size: var(--small);
  }
  @media (forced-colors: active) {
    .fill {
      background: CanvasText;
      forced-color-adjust: none;
    }
  }
`;
