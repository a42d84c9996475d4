import { css } from 'lit';

/** The styles of the login screen. */
export const loginStyles = css`
  :host {
    display: grid;
    place-items: center;
    block-size: 100%;
    overflow-y: auto;
    padding: var(--s4);
  }
  main {
    inline-size: min(24rem, 100%);
    margin: auto;
    padding: var(--s6) var(--s5);
    background: var(--page);
    border: 1px solid var(--line);
    border-radius: 0.875rem;
    box-shadow: var(--shadow);
  }
  header {
    display: flex;
    align-items: center;
    gap: var(--s3);
    margin-block-end: var(--s5);
  }
  header p {
    color: var(--quiet);
    font-size: var(--small);
  }
  .brand {
    font-size: var(--title);
    font-weight: 700;
    line-height: 1.2;
    letter-spacing: -0.01em;
  }
  h1 {
    font-size: var(--large);
    font-weight: 650;
    margin-block-end: var(--s3);
  }
  form {
    display: grid;
    gap: var(--s4);
  }
  .field-head {
    display: flex;
    justify-content: space-between;
    align-items: baseline;
  }
  .link {
    font-size: var(--small);
  }
  .notice {
    margin-block-end: var(--s4);
  }
  /* Their text is aligned with what is above and below. */
  .field-head .link,
  summary.link,
  footer .link {
    margin-inline: calc(-1 * var(--s1));
  }
  details,
  .readable {
    margin-block-start: var(--s4);
  }
  summary {
    inline-size: fit-content;
    cursor: pointer;
  }
  @media (pointer: coarse) {
    .link {
      min-block-size: var(--target);
    }
    summary.link {
      align-content: center;
    }
    .field-head .link {
      margin-block: calc(-1 * var(--s2));
    }
  }
  footer {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: var(--s2);
    align-items: center;
    margin-block-start: var(--s4);
  }
  @media (max-width: 480px) {
    main {
      padding: var(--s5) var(--s4);
      border: 0;
      box-shadow: none;
      background: none;
    }
  }
`;
