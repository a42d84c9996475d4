import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { SEARCH_PAGE } from '../../net/api.ts';
import type { UserResource } from '../../../server/protocol/resources/user.ts';
import type { SearchAnswer } from '../../../server/protocol/resources/search.ts';
import { QUERY_MAX_CODE_POINTS } from '../../../server/protocol/limits.ts';
import type { ProblemCode } from '../../net/problem.ts';
import type { LookupResult } from '../../history/lookup.ts';
import type { Hits } from '../../history/message-search.ts';
import { isDeleted, type Conversation } from '../../model/model.ts';
import { profileOf } from '../../model/person.ts';
import { attachmentWords } from '../../model/text/attachment-words.ts';
import { excerpt, stretches, type Stretch } from '../../model/text/excerpt.ts';
import { fullDay, shortTime } from '../../model/text/dates.ts';
import { plainHit } from '../../model/text/plain-message.ts';
import { panelStrings } from '../../strings/panel-strings.ts';
import { language } from '../../strings/locale.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { fields } from '../../styles/fields.ts';
import { panel } from '../../styles/panel.ts';
import { emit } from '../shared/emit.ts';
import { backIcon, clipIcon } from '../shared/icons.ts';
import { isFormattingWanted } from '../shared/message-text.ts';
import '../shared/person-avatar.ts';
import { lookupFailed, openingFailed, openingSpinner } from './search-status.ts';
import { moveAmong } from '../shared/roving.ts';
import { handleOf, momentWords, nameIn, nameOf, problemWords } from '../shared/words.ts';

const marked = (cut: readonly Stretch[]): readonly (TemplateResult | string)[] =>
  cut.map((part) => (part.hit ? html`<mark>${part.text}</mark>` : part.text));

/** A hit as the conversation shows it: without the marks of its formatting, unless they are shown there too. */
const shownHit = ({
  content,
  highlights,
}: SearchAnswer['messages'][number]): [string, readonly (readonly [number, number])[]] => {
  if (!isFormattingWanted()) return [content, highlights];
  const plain = plainHit(content, highlights);
  return [plain.text, plain.highlights];
};

/** What a hit carries besides its text. A server from before attachments does not say it. */
const carried = ({
  attachments,
}: Partial<SearchAnswer['messages'][number]>): TemplateResult | typeof nothing =>
  attachments === undefined || attachments.length === 0
    ? nothing
    : html`<span class="carried">${clipIcon}<bdi>${attachmentWords(attachments)}</bdi></span>`;

/** Searches users, conversations and messages, or the messages of one conversation. Selecting a message opens the
 *  conversation there. The results stay for the way back. */
@customElement('search-panel')
export class SearchPanel extends LitElement {
  static override readonly styles = [
    base,
    controls,
    fields,
    panel,
    css`
      .scope {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s1);
        padding: 0 var(--s3) var(--s2);
      }
      .scope .button {
        max-inline-size: 100%;
        overflow-wrap: anywhere;
        font-size: var(--small);
      }
      .scope .button[aria-pressed='true'] {
        border-color: var(--accent);
        background: var(--chosen);
      }
      .carried {
        display: flex;
        align-items: center;
        gap: var(--s1);
        color: var(--quiet);
        font-size: var(--small);
      }
      .carried bdi {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      @media (forced-colors: active) {
        .scope .button[aria-pressed='true'] {
          outline: 2px solid Highlight;
          outline-offset: -2px;
        }
      }
    `,
  ];

  @property({ attribute: false }) found: LookupResult<Hits> | null = null;
  /** The conversation that is searched; null for everything. */
  @property({ attribute: false }) within: string | null = null;
  @property({ attribute: false }) conversations: ReadonlyMap<string, Conversation> = new Map();
  /** The id of the user who searches. */
  @property() me = '';
  @property({ type: Number }) now = 0;
  /** Why the conversation with a user could not be opened. */
  @property({ attribute: false }) problem: ProblemCode | null = null;
  @property({ attribute: false }) opening: string | null = null;
  @property({ attribute: false }) type: (query: string) => void = () => undefined;
  @property({ attribute: false }) retry: () => void = () => undefined;
  @property({ attribute: false }) more: () => void = () => undefined;

  /** The conversation searched last, to return to it from a search of everything. */
  @state() private conversation: string | null = null;

  override focus(): void {
    const field = this.renderRoot.querySelector('input');
    field?.focus();
    field?.select();
  }

  override firstUpdated(): void {
    this.focus();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('within') && this.within !== null) this.conversation = this.within;
  }

  override render(): TemplateResult {
    const { back } = strings();
    const { search } = panelStrings();
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
        <h2>${search.title}</h2>
      </div>
      <div class="ask">
        <input
          type="search"
          aria-label=${this.within === null ? search.label : search.placeholderHere}
          placeholder=${this.within === null ? search.placeholder : search.placeholderHere}
          maxlength=${QUERY_MAX_CODE_POINTS}
          autocomplete="off"
          spellcheck="false"
          dir="auto"
          .value=${this.found?.query ?? ''}
          @input=${(event: InputEvent) => {
            this.type((event.target as HTMLInputElement).value);
          }}
        />
        ${this.found?.busy === true ? html`<span class="spin"></span>` : nothing}
      </div>
      ${this.conversation === null ? nothing : this.#scopes(this.conversation)}
      <div class="results">${this.#results()}</div>
    </div>`;
  }

  #scopes(conversation: string): TemplateResult {
    const { search } = panelStrings();
    const peer = this.conversations.get(conversation)?.peer;
    const scope = (conversationId: string | null, label: unknown): TemplateResult =>
      html`<button
        class="button"
        type="button"
        aria-pressed=${this.within === conversationId ? 'true' : 'false'}
        @click=${() => {
          emit(this, 'search-within', { conversationId });
          this.focus();
        }}
      >
        ${label}
      </button>`;
    return html`<div class="scope" role="group" aria-label=${search.where}>
      ${scope(conversation, html`<bdi>${search.here(peer === undefined ? '' : nameIn(peer))}</bdi>`)}
      ${scope(null, search.everywhere)}
    </div>`;
  }

  #results(): TemplateResult {
    const { search } = panelStrings();
    const found = this.found;
    const result = found?.result ?? null;
    if (this.problem !== null) return openingFailed(this.problem);
    if (found !== null && found.problem !== null) return lookupFailed(found.problem, this.retry);
    if (found === null || result === null) return html`<p class="say">${search.hint}</p>`;
    const { users, conversations, messages } = result;
    const count = users.length + conversations.length + messages.length;
    const { ended } = found.further;
    return html`<p class="visually-hidden" role="status">${search.found(count)}</p>
      ${count === 0 && ended ? html`<p class="say"><bdi>${search.none(found.answered)}</bdi></p>` : nothing}
      ${conversations.length > 0 ? this.#conversations(conversations) : nothing}
      ${users.length > 0 ? this.#users(users) : nothing}
      ${messages.length > 0 ? this.#messages(messages) : nothing} ${this.#further(found.further, result)}`;
  }

  #conversations(hits: SearchAnswer['conversations']): TemplateResult {
    return html`<h3>${panelStrings().search.conversations}</h3>
      <ul>
        ${hits.map((hit) =>
          this.#person(this.#newest(hit.peer), hit.highlights, () => {
            emit(this, 'open-chat', { conversationId: hit.id });
          }),
        )}
      </ul>
      ${this.#cut(hits.length)}`;
  }

  #users(hits: SearchAnswer['users']): TemplateResult {
    return html`<h3>${panelStrings().search.people}</h3>
      <ul>
        ${hits.map((hit) =>
          this.#person(this.#newest(hit), hit.highlights, () => {
            const { highlights: _highlights, ...user } = hit;
            emit(this, 'open-person', { user });
          }),
        )}
      </ul>
      ${this.#cut(hits.length)}`;
  }

  /** Users and conversations have only one page of results. More letters narrow them down. */
  #cut(count: number): TemplateResult | typeof nothing {
    return count < SEARCH_PAGE
      ? nothing
      : html`<p class="say">${panelStrings().search.onlyFirst(SEARCH_PAGE)}</p>`;
  }

  /** A hit shows somebody as they were when it was found. With whom there is a conversation, their changes are told. */
  #newest(user: UserResource): UserResource {
    for (const { peer } of this.conversations.values()) if (peer.id === user.id) return peer;
    return user;
  }

  #person(user: UserResource, highlights: [number, number][], open: () => void): TemplateResult {
    const { id } = user;
    // The server marks what it found in the username.
    const handle = handleOf(user);
    const name = nameOf(user);
    return html`<li>
      <button class="result" type="button" @click=${open}>
        <person-avatar
          .person=${id}
          .name=${name}
          .picture=${profileOf(user).avatar}
          .gone=${isDeleted(user)}
        ></person-avatar>
        <span class="grow"
          ><bdi class="name">${handle === '' ? marked(stretches(name, highlights)) : name}</bdi>${
            handle === ''
              ? nothing
              : html`<span class="excerpt"><bdi>@${marked(stretches(user.username, highlights))}</bdi></span>`
          }</span
        >${this.opening === id ? openingSpinner() : nothing}
      </button>
    </li>`;
  }

  #messages(hits: SearchAnswer['messages']): TemplateResult {
    const { search } = panelStrings();
    return html`<h3>${search.messages}</h3>
      <ul>
        ${hits.map((hit) => {
          const conversation = this.conversations.get(hit.conversation_id);
          const mine = hit.sender_id === this.me;
          const { you } = strings();
          const name = conversation !== undefined ? nameOf(conversation.peer) : mine ? you : hit.sender_name;
          return html`<li>
            <button
              class="result"
              type="button"
              @click=${() => {
                emit(this, 'open-chat', { conversationId: hit.conversation_id, seq: hit.seq });
              }}
            >
              <span class="grow">
                <span class="split"
                  ><bdi class="name">${name}</bdi
                  ><time datetime=${hit.sent_at}>${shortTime(hit.sent_at, this.now, language())}</time></span
                >
                <span class="excerpt"
                  >${mine ? html`<bdi class="who">${you}:</bdi> ` : nothing}${marked(excerpt(...shownHit(hit)))}</span
                >${carried(hit)}
              </span>
            </button>
          </li>`;
        })}
      </ul>`;
  }

  #further(
    { busy, problem, ended }: LookupResult<Hits>['further'],
    { reached, messages, removed_until: everywhere }: Hits,
  ): TemplateResult {
    const { search } = panelStrings();
    if (ended) {
      const removedUntil =
        this.within === null ? everywhere : (this.conversations.get(this.within)?.removedUntil ?? null);
      return html`${
        messages.length > 0 && this.within !== null ? html`<p class="say">${search.noMore}</p>` : nothing
      }${
        removedUntil === null
          ? nothing
          : html`<p class="say">${search.removedUntil(fullDay(removedUntil, language()))}</p>`
      }`;
    }
    const day = this.within === null ? '' : momentWords(reached, this.now);
    return html`<div class="say">
      ${day === '' ? nothing : html`<p>${messages.length > 0 ? search.back(day) : search.noneBack(day)}</p>`}
      ${problem === null ? nothing : html`<p class="fault" role="alert">${problemWords(problem)}</p>`}
      <button class="button" type="button" aria-disabled=${busy ? 'true' : 'false'} @click=${this.more}>
        ${busy ? html`<span class="spin"></span>` : nothing}${this.within === null ? search.more : search.further}
      </button>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'search-panel': SearchPanel;
  }
}
