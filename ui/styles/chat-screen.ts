import { css } from 'lit';

export const chatScreenStyles = css`
  :host {
    position: relative;
    display: grid;
    grid-template-columns: minmax(16rem, clamp(17rem, 28vw, 24rem)) minmax(0, 1fr);
    grid-template-rows: minmax(0, 1fr);
    block-size: 100%;
    inline-size: 100%;
    max-inline-size: 110rem;
    margin-inline: auto;
  }
  aside,
  main {
    display: flex;
    flex-direction: column;
    min-inline-size: 0;
    min-block-size: 0;
  }
  aside {
    container-type: inline-size;
    background: var(--pane);
    border-inline-end: 1px solid var(--line);
  }
  main {
    position: relative;
    background: var(--page);
  }
  main:focus-visible {
    outline-offset: -2px;
  }
  main > * {
    flex: 1;
  }
  main > connection-bar {
    flex: none;
    --around: var(--s2) 0;
  }
  /* Over the messages, and over the list where that is all there is. */
  toast-bar {
    grid-column: 2;
  }
  .top {
    display: flex;
    align-items: center;
    gap: 0.125rem;
    flex: none;
    min-block-size: 3.75rem;
    padding-inline: var(--s4) var(--s2);
  }
  .brand {
    flex: 1;
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    font-size: 1.1875rem;
    font-weight: 700;
    letter-spacing: -0.01em;
  }
  /* Four letters of a name say less than the way to everything else. */
  @container (inline-size < 16rem) {
    .brand {
      visibility: hidden;
    }
  }
  .nothing {
    display: grid;
    place-content: center;
    justify-items: center;
    gap: var(--s2);
    padding: var(--s5);
    text-align: center;
    color: var(--quiet);
  }
  .nothing h2 {
    font-size: var(--large);
    font-weight: 600;
    color: var(--text);
  }
  .nothing .own {
    margin-block-start: var(--s1);
    padding: var(--s1) var(--s4);
    border: 1px solid var(--line);
    border-radius: 2rem;
    background: var(--raised);
    color: var(--text);
    font-weight: 600;
    overflow-wrap: anywhere;
    -webkit-user-select: text;
    user-select: text;
  }
  .nothing img {
    opacity: 0.9;
    margin-block-end: var(--s2);
  }
  @media (max-width: 720px) {
    :host {
      grid-template-columns: minmax(0, 1fr);
    }
    :host([pane='side']) main,
    :host([pane='main']) aside {
      display: none;
    }
    aside {
      border: 0;
    }
    toast-bar {
      grid-column: 1;
    }
  }
`;
