import { css } from 'lit';

export const chatScreenStyles = css`
  :host {
    position: relative;
    display: grid;
    grid-template-columns: minmax(16rem, clamp(17rem, 28vw, 24rem)) minmax(0, 1fr);
    grid-template-rows: auto minmax(0, 1fr);
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
    grid-row: 2;
  }
  storage-notice {
    grid-column: 1 / -1;
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
  /* These have the focus when nothing else has it. Nothing in them can be operated, so they show no outline. */
  main:focus,
  aside:focus {
    outline: 0;
  }
  main > * {
    flex: 1;
  }
  .plain {
    flex: none;
    padding-inline: var(--s4);
    color: var(--quiet);
  }
  main > connection-bar {
    flex: none;
    --around: var(--s2) 0;
  }
  /* Over the messages, or over the list if there is only the list. */
  toast-bar {
    grid-column: 2;
  }
  .top {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--s2);
    flex: none;
    padding: var(--s2);
  }
  .row {
    display: flex;
    align-items: center;
    gap: var(--s2);
  }
  .me {
    flex: 1;
    display: flex;
    align-items: center;
    gap: var(--s2);
    min-inline-size: 0;
    min-block-size: 2.75rem;
    padding-inline: var(--s2);
    border-radius: var(--round);
    font-size: var(--large);
    font-weight: 650;
  }
  .me:hover {
    background: var(--hover);
  }
  .me bdi {
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .me person-avatar {
    inline-size: 2rem;
    block-size: 2rem;
    font-size: var(--body);
  }
  .me svg,
  .seek {
    color: var(--quiet);
  }
  .new {
    display: inline-flex;
    gap: var(--s1);
    align-items: center;
    justify-content: center;
    inline-size: auto;
    padding-inline: var(--s3);
    border: 1px solid transparent;
    background: var(--fill);
    color: var(--on-accent);
    font-weight: 600;
  }
  .new:hover {
    background: var(--fill-hover);
    color: var(--on-accent);
  }
  .seek {
    flex: 1;
    display: flex;
    align-items: center;
    gap: var(--s2);
    min-inline-size: 0;
    min-block-size: var(--target);
    padding-inline: var(--s3);
    border: 1px solid var(--edge);
    border-radius: var(--round);
    background: var(--raised);
  }
  .seek:hover {
    background: var(--hover);
  }
  /* The first letters of a name are more useful than the label of a button that also has an icon. */
  @container (inline-size < 18rem) {
    .new span {
      display: none;
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
  .nothing .back {
    display: none;
    margin-block-start: var(--s3);
    color: var(--text);
  }
  :host(:dir(rtl)) .mirrored {
    transform: scaleX(-1);
    transform-origin: center;
  }
  @media (max-width: 720px) {
    :host {
      grid-template-columns: minmax(0, 1fr);
    }
    :host([pane='side']) main,
    :host([pane='main']) aside {
      display: none;
    }
    /* The messages keep their place below the panel, so that their scroll position stays. */
    :host([pane='over']) > :is(aside, main) {
      grid-area: 2 / 1;
    }
    :host([pane='over']) main {
      visibility: hidden;
    }
    .nothing .back {
      display: inline-flex;
    }
    aside {
      border: 0;
    }
    toast-bar {
      grid-column: 1;
    }
  }
  /* Prints the conversation on as many pages as it needs. */
  @media print {
    :host {
      display: block;
      block-size: auto;
    }
    main {
      display: block;
    }
    :host([pane='over']) main {
      visibility: visible;
    }
    :host(:is([pane='main'], [pane='over'])) aside,
    connection-bar,
    toast-bar {
      display: none;
    }
  }
`;
