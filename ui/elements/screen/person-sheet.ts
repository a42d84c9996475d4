import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { UserResource } from '../../../server/protocol/resources/user.ts';
import { isDeleted } from '../../model/model.ts';
import { profileOf } from '../../model/person.ts';
import { panelStrings } from '../../strings/panel-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { dialogs } from '../../styles/dialogs.ts';
import { emit } from '../shared/emit.ts';
import { closeIcon } from '../shared/more-icons.ts';
import '../shared/person-avatar.ts';
import { nameOf, presenceWords } from '../shared/words.ts';

/** Who somebody is: their picture, the name that they have chosen, their username, and what they say of themselves. */
@customElement('person-sheet')
export class PersonSheet extends LitElement {
  static override readonly styles = [
    base,
    controls,
    dialogs,
    css`
      dialog {
        inline-size: min(24rem, calc(100vw - 1.5rem));
      }
      .inside {
        display: grid;
        justify-items: center;
        gap: var(--s1);
        padding-block-end: var(--s5);
        text-align: center;
      }
      person-avatar {
        inline-size: 8rem;
        block-size: 8rem;
        margin-block-end: var(--s3);
        font-size: 3rem;
      }
      h3 {
        max-inline-size: 100%;
        font-size: 1.375rem;
        font-weight: 650;
        line-height: 1.25;
        overflow-wrap: anywhere;
      }
      .gone {
        font-style: italic;
      }
      p {
        max-inline-size: 100%;
        color: var(--quiet);
        overflow-wrap: anywhere;
      }
      .about {
        margin-block-start: var(--s3);
        padding: var(--s3) var(--s4);
        border-radius: var(--round);
        background: var(--hover);
        color: var(--text);
        white-space: pre-wrap;
        text-align: start;
        unicode-bidi: plaintext;
      }
      .button {
        margin-block-start: var(--s4);
      }
    `,
  ];

  @property({ attribute: false }) user: UserResource | null = null;
  /** Whether there is a connection. Without one, presence is unknown and not shown. */
  @property({ type: Boolean }) live = true;
  @property({ type: Number }) now = 0;
  @query('dialog') private readonly dialog!: HTMLDialogElement;

  override firstUpdated(): void {
    this.dialog.showModal();
  }

  override render(): TemplateResult {
    const { close } = strings();
    return html`<dialog
      aria-labelledby="title"
      @close=${() => {
        emit(this, 'close-panel');
      }}
      @pointerdown=${(event: PointerEvent) => {
        if (event.target === this.dialog) this.dialog.close();
      }}
    >
      <div class="bar">
        <h2 id="title">${panelStrings().person.title}</h2>
        <button
          class="icon"
          type="button"
          aria-label=${close}
          @click=${() => {
            this.dialog.close();
          }}
        >
          ${closeIcon}
        </button>
      </div>
      <div class="inside" tabindex="0" role="group" aria-labelledby="title">
        ${this.user === null ? nothing : this.#person(this.user)}
      </div>
    </dialog>`;
  }

  #person(user: UserResource): TemplateResult {
    const { about, avatar } = profileOf(user);
    const isGone = isDeleted(user);
    const presence = this.live ? presenceWords(user, this.now) : '';
    return html`<person-avatar
        .person=${user.id}
        .name=${nameOf(user)}
        .picture=${avatar}
        .gone=${isGone}
      ></person-avatar>
      <h3 class=${isGone ? 'gone' : ''}><bdi>${nameOf(user)}</bdi></h3>
      ${isGone ? nothing : html`<p><bdi>@${user.username}</bdi></p>`}
      ${presence === '' ? nothing : html`<p>${presence}</p>`}
      ${about === null ? nothing : html`<p class="about">${about}</p>`}
      ${isGone ? html`<p>${panelStrings().person.gone}</p>` : nothing}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'person-sheet': PersonSheet;
  }
}
