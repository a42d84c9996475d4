import { css } from 'lit';

/** The shared styles of forms. Neither the list nor a conversation has one, so they come with the parts that do. */
export const fields = css`
  label,
  legend {
    font-weight: 550;
  }
  input:not([type='checkbox'], [type='radio']),
  select {
    font: inherit;
    color: inherit;
    inline-size: 100%;
    min-block-size: var(--target);
    padding: var(--s1) var(--s3);
    border: 1px solid var(--edge);
    border-radius: var(--round);
    background: var(--raised);
  }
  input::placeholder {
    color: var(--quiet);
    opacity: 1;
  }
  input:focus-visible,
  select:focus-visible {
    outline-offset: -1px;
    border-color: var(--accent);
  }
  input[aria-invalid='true'] {
    border-color: var(--danger);
    outline-color: var(--danger);
  }
  input[type='checkbox'],
  input[type='radio'] {
    inline-size: 1.125rem;
    block-size: 1.125rem;
    accent-color: var(--fill);
    flex: none;
    margin: 0;
  }
  .field {
    display: grid;
    gap: var(--s1);
  }
  .hint {
    color: var(--quiet);
    font-size: var(--small);
  }
  .check {
    display: flex;
    align-items: center;
    gap: var(--s3);
    min-block-size: 2rem;
    font-weight: 400;
    cursor: pointer;
  }
`;
