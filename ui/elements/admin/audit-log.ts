import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { AuditResource } from '../../../server/protocol/resources/admin.ts';
import { isWhole } from '../../admin/admin-api.ts';
import { adminStrings } from '../../strings/admin-strings.ts';
import { AdminSection } from './admin-section.ts';
import { timeWords } from './admin-words.ts';
import { Loaded } from './loaded.ts';

interface AuditPage {
  readonly records: readonly AuditResource[];
  readonly more: boolean;
}

/** Details that are times are milliseconds since the epoch. */
const valueWords = (name: string, value: string | number | boolean | null): string =>
  name.endsWith('_at') && typeof value === 'number'
    ? timeWords(new Date(value).toISOString())
    : String(value);

const subjectOf = ({ user, target, detail }: AuditResource): string =>
  [
    ...(user === null ? [] : [user.username]),
    ...(target === null ? [] : [target]),
    ...Object.entries(detail ?? {}).map(([name, value]) => `${name}=${valueWords(name, value)}`),
  ].join(' · ');

/** What operators and admins did, the newest first. */
@customElement('audit-log')
export class AuditLog extends AdminSection {
  readonly #page = new Loaded<AuditPage>(this, async () => {
    const records = await this.load((api) => api.audit());
    return { records, more: isWhole(records) };
  });

  override render(): TemplateResult {
    const { audit } = adminStrings();
    return html`<p class="lead">${audit.lead}</p>
      <section class="card">
        ${this.#page.render((page) =>
          page.records.length === 0
            ? html`<p class="hint">${audit.empty}</p>`
            : html`<ul class="rows">
                  ${page.records.map((record) => this.#record(record))}
                </ul>
                ${page.more ? this.moreButton(() => this.#more(page)) : nothing}`,
        )}
      </section>`;
  }

  #record(record: AuditResource): TemplateResult {
    const { audit } = adminStrings();
    const by = audit.by(record.actor_username ?? record.actor, record.origin);
    const subject = subjectOf(record);
    return html`<li>
      <div class="grow">
        <span class="code">${record.action}</span>
        ${subject === '' ? nothing : html`<b><bdi>${subject}</bdi></b>`}
        <p class="hint">${timeWords(record.at)} · <bdi>${by}</bdi></p>
      </div>
    </li>`;
  }

  async #more({ records }: AuditPage): Promise<void> {
    const found = await this.act((api) => api.audit(records.at(-1)?.id), null);
    if (found === undefined) return;
    this.#page.set({ records: [...records, ...found.value], more: isWhole(found.value) });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'audit-log': AuditLog;
  }
}
