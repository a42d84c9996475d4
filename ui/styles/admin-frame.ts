import { css } from 'lit';

/** The frame of the admin page: a header, the links of the sections, and the section. */
export const adminFrame = css`
  :host {
    display: block;
    block-size: 100vh;
    block-size: 100dvh;
    overflow-y: auto;
    overscroll-behavior: contain;
    background: var(--back);
  }
  header {
    position: sticky;
    inset-block-start: 0;
    z-index: 2;
    display: flex;
    align-items: center;
    gap: var(--s3);
    min-block-size: 3.5rem;
    padding-inline: var(--s4);
    background: var(--pane);
    border-block-end: 1px solid var(--line);
  }
  .brand {
    flex: 1;
    min-inline-size: 0;
    font-size: var(--large);
    font-weight: 700;
  }
  .app {
    color: var(--quiet);
    font-weight: 550;
  }
  a.button {
    color: inherit;
    text-decoration: none;
  }
  a.button.main {
    color: var(--on-accent);
  }
  .frame {
    display: grid;
    grid-template-columns: 13rem minmax(0, 56rem);
    gap: var(--s5);
    padding: var(--s5) var(--s4) var(--s6);
    justify-content: center;
  }
  nav {
    position: sticky;
    inset-block-start: 5rem;
    align-self: start;
    display: grid;
    gap: var(--s1);
  }
  nav a {
    display: flex;
    align-items: center;
    min-block-size: var(--target);
    padding-inline: var(--s3);
    border-radius: var(--round);
    color: inherit;
    font-weight: 550;
    text-decoration: none;
    white-space: nowrap;
  }
  nav a[aria-current] {
    background: var(--chosen);
  }
  @media (hover: hover) {
    nav a:hover:not([aria-current]) {
      background: var(--hover);
    }
  }
  @media (forced-colors: active) {
    nav a[aria-current] {
      outline: 2px solid Highlight;
    }
  }
  main {
    min-inline-size: 0;
    display: grid;
    gap: var(--s4);
    align-content: start;
  }
  h1,
  h1:focus-visible {
    font-size: var(--title);
    font-weight: 700;
    outline: 0;
  }
  /* What was done is seen wherever the page is scrolled to. */
  .told {
    position: sticky;
    inset-block-start: 4.5rem;
    z-index: 1;
    padding: var(--s3) var(--s4);
    border-radius: var(--round);
    background: var(--chosen);
    outline: 1px solid transparent;
    overflow-wrap: anywhere;
  }
  .told.fault {
    background: var(--warn-back);
    color: var(--warn-text);
    font-size: inherit;
  }
  .alone {
    max-inline-size: 30rem;
    margin: 15vh auto 0;
    padding: var(--s4);
  }
  .acts {
    display: flex;
    flex-wrap: wrap;
    gap: var(--s2);
  }
  @media (max-width: 720px) {
    header {
      padding-inline: var(--s3);
      gap: var(--s2);
    }
    .app {
      display: none;
    }
    .told {
      inset-block-start: 7.5rem;
    }
    .frame {
      grid-template-columns: minmax(0, 1fr);
      gap: var(--s4);
      padding: 0 var(--s3) var(--s6);
    }
    nav {
      inset-block-start: 3.5rem;
      z-index: 1;
      display: flex;
      gap: var(--s1);
      margin-inline: calc(-1 * var(--s3));
      padding: var(--s2) var(--s3);
      overflow-x: auto;
      background: var(--pane);
      border-block-end: 1px solid var(--line);
      scrollbar-width: thin;
    }
  }
`;
