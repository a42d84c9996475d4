import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { UserResource } from '../../../server/protocol/resources/user.ts';
import type { BlockedList } from '../../account/blocked-people.ts';
import { isDeleted } from '../../model/model.ts';
import { profileOf } from '../../model/person.ts';
import { manageStrings } from '../../strings/manage-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { fields } from '../../styles/fields.ts';
import '../shared/person-avatar.ts';
import { handleOf, nameIn, nameOf, problemWords } from '../shared/words.ts';

/** Whom the user has blocked, each with a way to undo that. */
@customElement('blocked-list')
export class BlockedListElement extends LitElement {
  static override readonly styles = [
    base,
    controls,
    fields,
    css`
      :host {
        display: grid;
        gap: var(--s3);
        inline-size: 100%;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s2) var(--s3);
        align-items: center;
        padding-block: var(--s2);
        border-block-start: 1px solid var(--line);
      }
      li:first-child {
        border: 0;
      }
      .hint:focus-visible {
        outline: 0;
      }
      .grow {
        flex: 1 1 5rem;
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }
      b {
        font-weight: 600;
      }
    `,
  ];

  @property({ attribute: false }) list: BlockedList | null = null;
  /** Resolves when it is known what became of it. */
  @property({ attribute: false }) unblock: (userId: string) => Promise<void> = () => Promise.resolve();
  @property({ attribute: false }) retry: () => void = () => undefined;

  override render(): TemplateResult {
    const { block: words } = manageStrings();
    const { users = null, problem = null } = this.list ?? {};
    return html`${users?.length === 0 ? html`<p>${words.none}</p>` : nothing}
      <p class="hint" tabindex="-1">${words.hint}</p>
      ${problem === null ? nothing : this.#failed(problem, users === null)}
      ${users === null ? (problem === null ? this.#loading() : nothing) : this.#people(users)}`;
  }

  #failed(problem: NonNullable<BlockedList['problem']>, isUnloaded: boolean): TemplateResult {
    const { block: words } = manageStrings();
    return html`<div role="alert">
      <p class="fault">${isUnloaded ? words.failed : nothing} ${problemWords(problem)}</p>
      ${isUnloaded ? html`<button class="button" type="button" @click=${this.retry}>${strings().retry}</button>` : nothing}
    </div>`;
  }

  #loading(): TemplateResult {
    return html`<div role="status">
      <span class="spin"></span><span class="visually-hidden">${strings().loading}</span>
    </div>`;
  }

  #people(users: readonly UserResource[]): TemplateResult | typeof nothing {
    if (users.length === 0) return nothing;
    return html`<ul>
      ${users.map((user) => this.#person(user, this.list?.ending.has(user.id) === true))}
    </ul>`;
  }

  #person(user: UserResource, isEnding: boolean): TemplateResult {
    const { block: words } = manageStrings();
    const handle = handleOf(user);
    return html`<li>
      <person-avatar
        .person=${user.id}
        .name=${nameOf(user)}
        .picture=${profileOf(user).avatar}
        .gone=${isDeleted(user)}
      ></person-avatar>
      <div class="grow">
        <b><bdi>${nameOf(user)}</bdi></b>
        ${handle === '' ? nothing : html`<p class="hint"><bdi>${handle}</bdi></p>`}
      </div>
      <button
        class="button"
        type="button"
        aria-label=${words.undoFor(nameIn(user))}
        aria-disabled=${isEnding ? 'true' : 'false'}
        @click=${() => {
          if (!isEnding) void this.#end(user.id);
        }}
      >
        ${isEnding ? html`<span class="spin"></span>` : nothing}${words.undo}
      </button>
    </li>`;
  }

  /** The button goes away with the row. */
  async #end(userId: string): Promise<void> {
    await this.unblock(userId);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('.hint')?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'blocked-list': BlockedListElement;
  }
}
