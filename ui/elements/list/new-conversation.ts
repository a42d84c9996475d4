import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { QUERY_MAX_CODE_POINTS } from '../../../server/protocol/limits.ts';
import type { UserResource } from '../../../server/protocol/resources/user.ts';
import type { ProblemCode } from '../../net/problem.ts';
import type { LookupResult } from '../../history/lookup.ts';
import { isDeleted, type Conversation } from '../../model/model.ts';
import { profileOf, shownName } from '../../model/person.ts';
import { comparableName } from '../../model/text/comparable-name.ts';
import { panelStrings } from '../../strings/panel-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { fields } from '../../styles/fields.ts';
import { panel } from '../../styles/panel.ts';
import { emit } from '../shared/emit.ts';
import { backIcon } from '../shared/icons.ts';
import '../account/invite-somebody.ts';
import '../shared/person-avatar.ts';
import { lookupFailed, openingFailed, openingSpinner } from '../search/search-status.ts';
import { moveAmong } from '../shared/roving.ts';
import { handleOf, nameOf, presenceWords } from '../shared/words.ts';
import { isComposing } from '../shared/writing-keys.ts';

const SUGGESTED = 8;

/** A user's username and display name, as they are compared with what is typed. */
const namesOf = (user: UserResource): readonly string[] =>
  [user.username, shownName(user)].map(comparableName);

/** Ranks the users found for a name: an exact match is 0, a name that begins with it 1, all others 2. */
const rank = (user: UserResource, name: string): number => {
  if (name === '' || isDeleted(user)) return 2;
  if (comparableName(user.username) === name) return 0;
  return namesOf(user).some((each) => each.startsWith(name)) ? 1 : 2;
};

/** Finds a user by name to write to. Before anything is typed, it suggests users with whom there is a conversation,
 *  which needs no server. */
@customElement('new-conversation')
export class NewConversation extends LitElement {
  static override readonly styles = [base, controls, fields, panel];

  @property({ attribute: false }) found: LookupResult<readonly UserResource[]> | null = null;
  /** The user's conversations, most recently used first. */
  @property({ attribute: false }) conversations: readonly Conversation[] = [];
  @property({ attribute: false }) problem: ProblemCode | null = null;
  /** The id of the user whose conversation is being created. */
  @property({ attribute: false }) opening: string | null = null;
  /** For inviting somebody: the address to register at. */
  @property() server = '';
  @property() username = '';
  @property({ type: Number }) now = 0;
  /** Called with the text of the search field. */
  @property({ attribute: false }) type: (query: string) => void = () => undefined;
  @property({ attribute: false }) retry: () => void = () => undefined;
  /** Enter was pressed before the answer arrived. */
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
          maxlength=${QUERY_MAX_CODE_POINTS}
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
    if (this.problem !== null) return openingFailed(this.problem);
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

  /** The users to show: an exact match first, then names that begin with the query, then all others. Within each
   *  group, users with a conversation come before those that only the server found. */
  #shown(): readonly UserResource[] {
    const query = comparableName(this.found?.query ?? '');
    const words = query.split(/\s+/);
    const known = this.conversations
      .map(({ peer }) => peer)
      .filter(
        (peer) =>
          !isDeleted(peer) && words.every((word) => namesOf(peer).some((name) => name.includes(word))),
      )
      .sort((a, b) => rank(a, query) - rank(b, query))
      .slice(0, SUGGESTED);
    const ids = new Set(known.map(({ id }) => id));
    const others = query === '' ? [] : (this.found?.result ?? []);
    const all = [...known, ...others.filter(({ id }) => !ids.has(id))];
    return all.sort((a, b) => rank(a, query) - rank(b, query));
  }

  #people(people: readonly UserResource[]): TemplateResult {
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
                .picture=${profileOf(user).avatar}
                .online=${!isDeleted(user) && user.status === 'online'}
              ></person-avatar>
              <span class="grow"
                ><bdi class="name">${nameOf(user)}</bdi
                ><span class="excerpt">${this.#below(user)}</span></span
              >${this.opening === user.id ? openingSpinner() : nothing}
            </button>
          </li>`,
      )}
    </ul>`;
  }

  #below(user: UserResource): unknown {
    const [handle, presence] = [handleOf(user), presenceWords(user, this.now)];
    if (handle === '') return presence;
    return html`<bdi>${handle}</bdi>${presence === '' ? nothing : ` · ${presence}`}`;
  }

  /** Enter applies to what is typed now, not to the results for an earlier text. */
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
