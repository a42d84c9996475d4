import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { User } from '../../server/protocol/views.ts';
import type { ProblemCode } from '../net/problem.ts';
import type { Found } from '../state/lookup.ts';
import { isDeleted } from '../state/model.ts';
import { panelStrings } from '../strings/panel-strings.ts';
import { strings } from '../strings/strings.ts';
import { base } from '../styles/base.ts';
import { controls } from '../styles/controls.ts';
import { panel } from '../styles/panel.ts';
import { emit } from './emit.ts';
import { backIcon } from './icons.ts';
import './person-avatar.ts';
import { lookupFailed, openingSign } from './lookup-signs.ts';
import { moveAmong } from './roving.ts';
import { nameOf, presenceWords, problemWords } from './words.ts';
import { isComposing } from './writing-keys.ts';

/** Finding a person by name to talk to. */
@customElement('new-conversation')
export class NewConversation extends LitElement {
  static override readonly styles = [base, controls, panel];

  @property({ attribute: false }) found: Found<readonly User[]> | null = null;
  @property({ attribute: false }) problem: ProblemCode | null = null;
  /** The person whose conversation is being made. */
  @property({ attribute: false }) opening: string | null = null;
  @property({ type: Number }) now = 0;
  /** What was typed; set by the screen. */
  @property({ attribute: false }) type: (query: string) => void = () => undefined;
  @property({ attribute: false }) retry: () => void = () => undefined;

  override firstUpdated(): void {
    this.renderRoot.querySelector('input')?.focus();
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
    const { newChat } = panelStrings();
    const found = this.found;
    const result = found?.result ?? null;
    if (this.problem !== null)
      return html`<p class="say fault" role="alert">${problemWords(this.problem)}</p>`;
    if (found !== null && found.problem !== null) return lookupFailed(found.problem, this.retry);
    if (found === null || result === null) return html`<p class="say">${newChat.hint}</p>`;
    return html`<p class="aloud" role="status">${newChat.found(result.length)}</p>
      ${result.length === 0 ? html`<p class="say">${newChat.none(found.answered)}</p>` : nothing}
      <ul>
        ${result.map(
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

  readonly #enter = (event: KeyboardEvent): void => {
    const [user] = this.found?.result ?? [];
    if (event.key === 'Enter' && !isComposing(event) && user !== undefined)
      emit(this, 'open-person', { user });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'new-conversation': NewConversation;
  }
}
