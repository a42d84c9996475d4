import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { isDeleted, type Conversation } from '../../model/model.ts';
import { manageStrings } from '../../strings/manage-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import {
  blockIcon,
  entryContent,
  entryStyles,
  settingEntries,
  type ConversationEntry,
} from '../shared/conversation-entries.ts';
import type { ConversationAct } from '../shared/emit.ts';
import { searchIcon } from '../shared/icons.ts';
import { printIcon, trashIcon } from '../shared/more-icons.ts';
import { nameIn } from '../shared/words.ts';

/** The menu of a conversation. Takes the focus when it opens. */
@customElement('conversation-menu')
export class ConversationMenu extends LitElement {
  static override readonly styles = [
    base,
    controls,
    entryStyles,
    css`
      :host {
        position: absolute;
        inset-block-start: 100%;
        inset-inline-end: var(--s2);
        min-inline-size: 14rem;
        max-inline-size: min(22rem, calc(100vw - 1rem));
        max-block-size: calc(100dvh - 5rem);
        overflow-y: auto;
        overscroll-behavior: contain;
        padding: var(--s1);
        background: var(--raised);
        border: 1px solid var(--line);
        border-radius: var(--round);
        box-shadow: var(--shadow-high);
      }
      button {
        display: flex;
        align-items: center;
        gap: var(--s2);
        inline-size: 100%;
        min-block-size: var(--target);
        padding: var(--s1) var(--s3);
        border-radius: 0.375rem;
        overflow-wrap: anywhere;
      }
      button.inner {
        padding-inline-start: calc(var(--s3) + var(--s2) + 18px);
      }
      .danger {
        color: var(--danger);
      }
      button:hover {
        background: var(--hover);
      }
    `,
  ];

  @property({ attribute: false }) conversation: Conversation | null = null;
  /** Whether the user has blocked the peer. */
  @property({ type: Boolean }) blocked = false;
  @property({ type: Number }) now = 0;
  @property({ attribute: false }) act: (act: ConversationAct) => void = () => undefined;
  @property({ attribute: false }) find: () => void = () => undefined;
  @property({ attribute: false }) print: () => void = () => undefined;
  @property({ attribute: false }) trash: () => void = () => undefined;

  /** Whether it can be chosen how long to mute the conversation. */
  @state() private muting = false;

  override firstUpdated(): void {
    this.renderRoot.querySelector('button')?.focus();
  }

  override render(): TemplateResult {
    return html`${this.#entries().map(
      (entry) =>
        html`<button
          class="${entry.danger === true ? 'danger' : ''} ${entry.icon === null ? 'inner' : ''}"
          type="button"
          aria-expanded=${entry.expanded ?? nothing}
          @click=${entry.run}
        >
          ${entryContent(entry)}
        </button>`,
    )}`;
  }

  #entries(): readonly ConversationEntry[] {
    const { chat: words } = strings();
    const { conversation } = this;
    const choice = { isOpen: this.muting, toggle: this.#mute };
    return [
      { label: words.find, icon: searchIcon, run: this.find },
      ...(conversation === null ? [] : settingEntries(conversation, this.now, choice, this.act)),
      { label: words.print, icon: printIcon, run: this.print },
      ...(conversation === null || isDeleted(conversation.peer) ? [] : [this.#blocking(conversation)]),
      { label: words.remove, icon: trashIcon, danger: true, run: this.trash },
    ];
  }

  #blocking({ peer }: Conversation): ConversationEntry {
    const { block: words } = manageStrings();
    const what = this.blocked ? 'unblock' : 'block';
    const run = (): void => {
      this.act({ what });
    };
    return { label: words[what](nameIn(peer)), icon: blockIcon, run };
  }

  readonly #mute = (): void => {
    this.muting = !this.muting;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'conversation-menu': ConversationMenu;
  }
}
