import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { User } from '../../server/protocol/resources.ts';
import type { ProblemCode } from '../net/problem.ts';
import type { Found } from '../state/lookup.ts';
import { isDeleted, type Chat } from '../state/model.ts';
import { panelStrings } from '../strings/panel-strings.ts';
import { strings } from '../strings/strings.ts';
import { base } from '../styles/base.ts';
import { controls } from '../styles/controls.ts';
import { panel } from '../styles/panel.ts';
import { emit } from './emit.ts';
import { backIcon } from './icons.ts';
import './invite-somebody.ts';
import './person-avatar.ts';
import { lookupFailed, openingSign } from './search-status.ts';
import { moveAmong } from './roving.ts';
import { nameOf, presenceWords, problemWords } from './words.ts';
import { isComposing } from './writing-keys.ts';

const SUGGESTED = 8;

/** Where a person stands among those found for a name. */
const rank = (user: User, name: string): number => {
  if (name === '' || isDeleted(user) || !user.username.startsWith(name)) return 2;
  return user.username === name ? 0 : 1;
};

/** Finding a person by name to talk to. Before anything is typed: people one talks to already, which needs no server. */
@customElement('new-conversation')
export class NewConversation extends LitElement {
  static override readonly styles = [base, controls, panel];

  @property({ attribute: false }) found: Found<readonly User[]> | null = null;
  /** The conversations there are, the one used last first. */
  @property({ attribute: false }) chats: readonly Chat[] = [];
  @property({ attribute: false }) problem: ProblemCode | null = null;
  /** The person whose conversation is being made. */
  @property({ attribute: false }) opening: string | null = null;
  /** For those who are not here yet: where they register, and whom they look for then. */
  @property() server = '';
  @property() username = '';
  @property({ type: Number }) now = 0;
  /** What was typed; set by the screen. */
  @property({ attribute: false }) type: (query: string) => void = () => undefined;
  @property({ attribute: false }) retry: () => void = () => undefined;
  /** Enter was pressed before the answer came. */
  #entered = false;

  override focus(): void {
    this.renderRoot.querySelector('input')?.focus();
  }

  override firstUpdated(): void {
    this.focus();
  }

  override updated(): void {
    if (!this.#entered || this.found?.busy === true) return;
    this.#entered = false;
    const [user] = this.#shown();
    if (user !== undefined) emit(this, 'open-person', { user });
  }

  override render(): TemplateResult {
    const { back } = strings();
    const { newChat } = panelStrings();
    return html`<div
      @keydown=${(event: KeyboardEvent) => {
        moveAmong(event, this.renderRoot as ShadowRoot);
      }}
    >
      <div class="head">
        <button
          class="icon"
          type="button"
          aria-label=${back}
          @click=${() => {
            emit(this, 'close-panel');
          }}
        >
          ${backIcon}
        </button>
        <h2>${newChat.title}</h2>
      </div>
      <div class="ask">
        <input
          type="search"
          aria-label=${newChat.label}
          placeholder=${newChat.placeholder}
          autocapitalize="none"
          autocomplete="off"
          spellcheck="false"
          dir="auto"
          .value=${this.found?.query ?? ''}
          @input=${(event: InputEvent) => {
            this.#entered = false;
            this.type((event.target as HTMLInputElement).value);
          }}
          @keydown=${this.#enter}
        />
        ${this.found?.busy === true ? html`<span class="spin"></span>` : nothing}
      </div>
      <div class="results">${this.#results()}</div>
    </div>`;
  }

  #results(): TemplateResult {
    if (this.problem !== null)
      return html`<p class="say fault" role="alert">${problemWords(this.problem)}</p>`;
    const { newChat } = panelStrings();
    const found = this.found;
    const result = found?.result ?? null;
    const people = this.#shown();
    const asked = (found?.query ?? '').trim() !== '';
    const invite = html`<invite-somebody
      .server=${this.server}
      .username=${this.username}
    ></invite-somebody>`;
    if (!asked) {
      return html`${people.length === 0 ? html`<p class="say">${newChat.hint}</p>` : html`<h3>${newChat.known}</h3>`}
      ${this.#people(people)}${invite}`;
    }
    return html`${this.#people(people)}
    ${found !== null && found.problem !== null ? lookupFailed(found.problem, this.retry) : nothing}
    ${
      found === null || result === null
        ? nothing
        : html`<p class="visually-hidden" role="status">${newChat.found(people.length)}</p>
            ${found.further.ended ? nothing : html`<p class="say">${newChat.more(result.length)}</p>`}
            ${
              people.length === 0
                ? html`<p class="say">${newChat.none(found.answered)}</p>
                    ${invite}`
                : nothing
            }`
    }`;
  }

  /** Those one talks to whose names match what is typed, then all others that the server found; before them who is called just
   *  that, and whose name begins with it. */
  #shown(): readonly User[] {
    const query = this.found?.query.trim().toLowerCase() ?? '';
    const words = query.split(/\s+/);
    const known = this.chats
      .map(({ peer }) => peer)
      .filter((peer) => !isDeleted(peer) && words.every((word) => peer.username.includes(word)))
      .sort((a, b) => rank(a, query) - rank(b, query))
      .slice(0, SUGGESTED);
    const ids = new Set(known.map(({ id }) => id));
    const others = query === '' ? [] : (this.found?.result ?? []);
    const all = [...known, ...others.filter(({ id }) => !ids.has(id))];
    return all.sort((a, b) => rank(a, query) - rank(b, query));
  }

  #people(people: readonly User[]): TemplateResult {
    return html`<ul>
      ${people.map(
        (user) =>
          html`<li>
            <button
              class="result"
              type="button"
              @click=${() => {
                emit(this, 'open-person', { user });
              }}
            >
              <person-avatar
                .person=${user.id}
                .name=${nameOf(user)}
                .online=${!isDeleted(user) && user.status === 'online'}
              ></person-avatar>
              <span class="grow"
                ><bdi class="name">${nameOf(user)}</bdi
                ><span class="excerpt">${presenceWords(user, this.now)}</span></span
              >${this.opening === user.id ? openingSign() : nothing}
            </button>
          </li>`,
      )}
    </ul>`;
  }

  /** Whoever types and presses Enter means what was typed, not what was found for the letters before. */
  readonly #enter = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || isComposing(event) || (this.found?.query ?? '').trim() === '') return;
    this.#entered = true;
    this.requestUpdate();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'new-conversation': NewConversation;
  }
}
