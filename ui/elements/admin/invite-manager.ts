import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { InviteResource } from '../../../server/protocol/resources/admin.ts';
import { isWhole } from '../../admin/admin-api.ts';
import { browserClock } from '../../net/clock.ts';
import { adminStrings } from '../../strings/admin-strings.ts';
import { AdminSection } from './admin-section.ts';
import { timeWords } from './admin-words.ts';
import { Loaded } from './loaded.ts';
import './secret-link.ts';

const DAY_S = 86_400;
/** Days for which an invitation may be valid; 0: without an end. */
const DAYS = [1, 7, 30, 0] as const;
const USES_MAX = 1_000_000;

interface InvitePage {
  readonly invites: readonly InviteResource[];
  readonly more: boolean;
}
type State = 'open' | 'used' | 'expired' | 'revoked';

const stateOf = ({ revoked_at, uses_left, expires_at }: InviteResource): State => {
  if (revoked_at !== null) return 'revoked';
  if (uses_left === 0) return 'used';
  return expires_at !== null && Date.parse(expires_at) <= browserClock.now() ? 'expired' : 'open';
};

/** Makes invitations, and shows those there are. */
@customElement('invite-manager')
export class InviteManager extends AdminSection {
  @state() private uses = '1';
  @state() private days = 7 as number;
  @state() private fault = '';
  @state() private code = '';
  readonly #page = new Loaded<InvitePage>(this, async () => {
    const invites = await this.load((api) => api.invites());
    return { invites, more: isWhole(invites) };
  });

  override render(): TemplateResult {
    const { invites } = adminStrings();
    return html`<p class="lead">${invites.lead}</p>
      ${this.#form()}
      <section class="card">
        <h2>${invites.list}</h2>
        ${this.#page.render((page) => this.#list(page))}
      </section>`;
  }

  #form(): TemplateResult {
    const { invites, days } = adminStrings();
    const { fault } = this;
    return html`<section class="card">
      <h2>${invites.make}</h2>
      <form class="bar" novalidate @submit=${this.#make}>
        <div class="field">
          <label for="uses">${invites.uses}</label>
          <input
            id="uses"
            inputmode="numeric"
            autocomplete="off"
            aria-invalid=${fault === '' ? 'false' : 'true'}
            aria-describedby="uses-fault"
            .value=${this.uses}
            @input=${(event: InputEvent) => {
              this.uses = (event.target as HTMLInputElement).value;
              this.fault = '';
            }}
          />
        </div>
        <div class="field">
          <label for="days">${invites.expires}</label>
          <select
            id="days"
            @change=${(event: Event) => {
              this.days = Number((event.target as HTMLSelectElement).value);
            }}
          >
            ${DAYS.map(
              (each) =>
                html`<option value=${each} ?selected=${each === this.days}>
                  ${each === 0 ? invites.forever : days(each)}
                </option>`,
            )}
          </select>
        </div>
        <button class="button main" type="submit">${invites.act}</button>
      </form>
      <p class="fault" id="uses-fault" role="alert" ?hidden=${fault === ''}>${fault}</p>
      ${
        this.code === ''
          ? nothing
          : html`<secret-link
              .href=${`${this.app?.shell.server.address ?? ''}/#/invite/${this.code}`}
              .text=${invites.link}
              .copy=${this.copy}
            ></secret-link>`
      }
    </section>`;
  }

  #list(page: InvitePage): TemplateResult {
    const { invites } = adminStrings();
    if (page.invites.length === 0) return html`<p class="hint">${invites.empty}</p>`;
    return html`<ul class="rows">
        ${page.invites.map((invite) => this.#invite(invite))}
      </ul>
      ${page.more ? this.moreButton(() => this.#more(page)) : nothing}`;
  }

  #invite(invite: InviteResource): TemplateResult {
    const { invites } = adminStrings();
    const state = stateOf(invite);
    const until = invite.expires_at === null ? '' : ` · ${invites.until(timeWords(invite.expires_at))}`;
    return html`<li>
      <div class="grow">
        <b>${invites.number(invite.id)}</b>
        <span class="badge ${state === 'open' ? 'strong' : ''}">${invites.states[state]}</span>
        <p class="hint">${invites.used(invite.uses, invite.uses_left)}${until}</p>
      </div>
      ${
        state === 'open'
          ? html`<button
              class="button"
              type="button"
              aria-label=${invites.revokeAria(invite.id)}
              @click=${() => void this.#revoke(invite.id)}
            >
              ${invites.revoke}
            </button>`
          : nothing
      }
    </li>`;
  }

  readonly #make = (event: SubmitEvent): void => {
    event.preventDefault();
    const { invites } = adminStrings();
    const uses = /^\d{1,7}$/.test(this.uses.trim()) ? Number(this.uses) : 0;
    if (uses < 1 || uses > USES_MAX) {
      this.fault = invites.usesFault;
      this.renderRoot.querySelector<HTMLInputElement>('#uses')?.focus();
      return;
    }
    const seconds = this.days === 0 ? null : this.days * DAY_S;
    void this.act((api) => api.invite(uses, seconds), invites.made).then((made) => {
      if (made === undefined) return;
      this.code = made.value;
      void this.#page.reload();
    });
  };

  async #more({ invites }: InvitePage): Promise<void> {
    const found = await this.act((api) => api.invites(invites.at(-1)?.id), null);
    if (found === undefined) return;
    this.#page.set({ invites: [...invites, ...found.value], more: isWhole(found.value) });
  }

  async #revoke(id: number): Promise<void> {
    const { invites } = adminStrings();
    const { revoke: act, revokeText: text } = invites;
    if ((await this.app?.confirm({ title: invites.revokeAria(id), text, act, isDanger: true })) !== true)
      return;
    await this.act((api) => api.revokeInvite(id), invites.revoked);
    await this.#page.reload();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'invite-manager': InviteManager;
  }
}
