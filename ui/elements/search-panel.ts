import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { SearchAnswer } from '../../server/protocol/http.ts';
import { QUERY_MAX_CODE_POINTS } from '../../server/protocol/limits.ts';
import type { ProblemCode } from '../net/problem.ts';
import type { Found } from '../state/lookup.ts';
import type { Chat } from '../state/model.ts';
import { excerpt, stretches, type Stretch } from '../state/text/code-points.ts';
import { shortTime } from '../state/text/dates.ts';
import { panelStrings } from '../strings/panel-strings.ts';
import { language, strings } from '../strings/strings.ts';
import { base } from '../styles/base.ts';
import { controls } from '../styles/controls.ts';
import { panel } from '../styles/panel.ts';
import { emit } from './emit.ts';
import { backIcon } from './icons.ts';
import './person-avatar.ts';
import { lookupFailed, openingSign } from './lookup-signs.ts';
import { moveAmong } from './roving.ts';
import { nameOf, problemWords } from './words.ts';

const marked = (cut: readonly Stretch[]): readonly (TemplateResult | string)[] =>
  cut.map((part) => (part.hit ? html`<mark>${part.text}</mark>` : part.text));

/** Search of people, conversations and messages. A message opens at its place; the results stay for the way back. */
@customElement('search-panel')
export class SearchPanel extends LitElement {
  static override readonly styles = [base, controls, panel];

  @property({ attribute: false }) found: Found<SearchAnswer> | null = null;
  @property({ attribute: false }) chats: ReadonlyMap<string, Chat> = new Map();
  @property({ type: Number }) now = 0;
  /** Why the conversation with a person found could not be opened. */
  @property({ attribute: false }) problem: ProblemCode | null = null;
  @property({ attribute: false }) opening: string | null = null;
  @property({ attribute: false }) type: (query: string) => void = () => undefined;
  @property({ attribute: false }) retry: () => void = () => undefined;
  @property({ attribute: false }) more: () => void = () => undefined;

  override firstUpdated(): void {
    const field = this.renderRoot.querySelector('input');
    field?.focus();
    field?.select();
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
          aria-label=${search.label}
          placeholder=${search.placeholder}
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
      <div class="results">${this.#results()}</div>
    </div>`;
  }

  #results(): TemplateResult {
    const { search } = panelStrings();
    const found = this.found;
    const result = found?.result ?? null;
    if (this.problem !== null)
      return html`<p class="say fault" role="alert">${problemWords(this.problem)}</p>`;
    if (found !== null && found.problem !== null) return lookupFailed(found.problem, this.retry);
    if (found === null || result === null) return html`<p class="say">${search.hint}</p>`;
    const { users, conversations, messages } = result;
    const count = users.length + conversations.length + messages.length;
    return html`<p class="aloud" role="status">${search.found(count)}</p>
      ${count === 0 ? html`<p class="say"><bdi>${search.none(found.answered)}</bdi></p>` : nothing}
      ${conversations.length > 0 ? this.#conversations(conversations) : nothing}
      ${users.length > 0 ? this.#users(users) : nothing}
      ${messages.length > 0 ? this.#messages(messages) : nothing}`;
  }

  #conversations(hits: SearchAnswer['conversations']): TemplateResult {
    return html`<h3>${panelStrings().search.conversations}</h3>
      <ul>
        ${hits.map((hit) =>
          this.#person(hit.peer.id, nameOf(hit.peer), hit.highlights, () => {
            emit(this, 'open-chat', { chatId: hit.id });
          }),
        )}
      </ul>`;
  }

  #users(hits: SearchAnswer['users']): TemplateResult {
    return html`<h3>${panelStrings().search.people}</h3>
      <ul>
        ${hits.map((hit) =>
          this.#person(hit.id, hit.username, hit.highlights, () => {
            const { highlights: _highlights, ...user } = hit;
            emit(this, 'open-person', { user });
          }),
        )}
      </ul>`;
  }

  #person(id: string, name: string, highlights: [number, number][], open: () => void): TemplateResult {
    return html`<li>
      <button class="result" type="button" @click=${open}>
        <person-avatar .person=${id} .name=${name}></person-avatar>
        <bdi class="name grow">${marked(stretches(name, highlights))}</bdi
        >${this.opening === id ? openingSign() : nothing}
      </button>
    </li>`;
  }

  #messages(hits: SearchAnswer['messages']): TemplateResult {
    const { search } = panelStrings();
    return html`<h3>${search.messages}</h3>
      <ul>
        ${hits.map((hit) => {
          const chat = this.chats.get(hit.conversation_id);
          const name = chat === undefined ? hit.sender_name : nameOf(chat.peer);
          return html`<li>
            <button
              class="result"
              type="button"
              @click=${() => {
                emit(this, 'open-chat', { chatId: hit.conversation_id, seq: hit.seq });
              }}
            >
              <span class="grow">
                <span class="split"
                  ><bdi class="name">${name}</bdi
                  ><time datetime=${hit.sent_at}>${shortTime(hit.sent_at, this.now, language())}</time></span
                >
                <span class="excerpt">${marked(excerpt(hit.content, hit.highlights))}</span>
              </span>
            </button>
          </li>`;
        })}
      </ul>
      ${this.found?.further.ended === false ? this.#further(this.found.further) : nothing}`;
  }

  #further({ busy, problem }: Found<SearchAnswer>['further']): TemplateResult {
    return html`<div class="say">
      ${problem === null ? nothing : html`<p class="fault" role="alert">${problemWords(problem)}</p>`}
      <button class="button" type="button" aria-disabled=${busy ? 'true' : 'false'} @click=${this.more}>
        ${busy ? html`<span class="spin"></span>` : nothing}${panelStrings().search.more}
      </button>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'search-panel': SearchPanel;
  }
}
