import { css } from 'lit';

export const settingsStyles = css`
  :host {
    display: block;
    block-size: 100%;
    overflow-y: auto;
    overscroll-behavior: contain;
  }
  header {
    position: sticky;
    inset-block-start: 0;
    z-index: 1;
    display: flex;
    align-items: center;
    gap: var(--s2);
    min-block-size: 3.75rem;
    padding-inline: var(--s2);
    background: var(--page);
    border-block-end: 1px solid var(--line);
  }
  .title,
  .title:focus-visible {
    font-size: var(--large);
    font-weight: 650;
    outline: 0;
  }
  .sections {
    display: grid;
    gap: var(--s4);
    inline-size: min(44rem, 100%);
    margin-inline: auto;
    padding: var(--s4) var(--s4) var(--s6);
  }
  section {
    display: grid;
    gap: var(--s3);
    justify-items: start;
    padding: var(--s4);
    background: var(--raised);
    border: 1px solid var(--line);
    border-radius: 0.75rem;
    overflow-wrap: anywhere;
  }
  section > session-list,
  section > secret-form {
    inline-size: 100%;
  }
  h3 {
    font-size: var(--body);
    font-weight: 650;
  }
  fieldset {
    border: 0;
    margin: 0;
    padding: 0;
    min-inline-size: 0;
  }
  legend {
    padding: 0 0 var(--s1);
    font-size: var(--small);
    font-weight: 550;
    color: var(--quiet);
  }
  section a {
    color: var(--accent);
    font-weight: 550;
    text-underline-offset: 0.125em;
    padding-block: var(--s1);
  }
  .options {
    display: flex;
    flex-wrap: wrap;
    gap: var(--s2);
  }
  .option {
    display: inline-flex;
    align-items: center;
    gap: var(--s2);
    min-block-size: var(--target);
    padding-inline: var(--s3);
    border: 1px solid var(--edge);
    border-radius: var(--round);
    font-weight: 500;
    cursor: pointer;
  }
  .option:has(:checked) {
    border-color: var(--accent);
    background: var(--chosen);
  }
  @media (forced-colors: active) {
    .option:has(:checked) {
      outline: 2px solid Highlight;
    }
  }
  :host(:dir(rtl)) .mirrored {
    transform: scaleX(-1);
    transform-origin: center;
  }
`;
