import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { DoctorFinding, ServerStatus } from '../../../server/protocol/resources/admin.ts';
import { adminStrings } from '../../strings/admin-strings.ts';
import { AdminSection } from './admin-section.ts';
import { bytesWords, durationWords, numberWords, timeWords } from './admin-words.ts';
import { facts } from './facts.ts';
import { Loaded } from './loaded.ts';

const DAY_MS = 86_400_000;
const retentionWords = ({ days, removed }: ServerStatus['retention']): string => {
  const { overview } = adminStrings();
  return days === 0 ? overview.forEver : overview.removed(durationWords(days * DAY_MS), numberWords(removed));
};

const BADGES = { ok: '', warning: 'warn', fault: 'bad' } as const;

/** What the server has and does, and what is wrong with it. */
@customElement('server-overview')
export class ServerOverview extends AdminSection {
  static override readonly styles = [
    ...AdminSection.styles,
    css`
      .badge {
        inline-size: 6.5rem;
        text-align: center;
      }
    `,
  ];

  readonly #status = new Loaded(this, () => this.load((api) => api.status()));
  readonly #findings = new Loaded(this, () => this.load((api) => api.findings()));

  override render(): TemplateResult {
    const { overview } = adminStrings();
    return html`${this.#status.render((status) => this.#facts(status))}
    ${this.#findings.render(
      (findings) =>
        html`<section class="card">
          <h2>${overview.checks}</h2>
          <ul class="rows">
            ${findings.map((each) => this.#finding(each))}
          </ul>
        </section>`,
    )}`;
  }

  #facts(status: ServerStatus): TemplateResult {
    const { overview, never } = adminStrings();
    const { last_proven_backup: backup } = status;
    const backupWords = { off: overview.backupOff, never }[backup] ?? timeWords(backup);
    return html`<section class="card">
        <h2>${overview.facts}</h2>
        ${facts(
          [
            [overview.users, numberWords(status.users)],
            [overview.conversations, numberWords(status.conversations)],
            [overview.messages, numberWords(status.messages)],
            [overview.reactions, numberWords(status.reactions)],
            [overview.attachments, numberWords(status.attachments)],
            [overview.connections, numberWords(status.connections)],
          ],
          'big',
        )}
        <p class="hint">${overview.everCounted}</p>
        ${facts([
          [overview.version, status.version],
          [overview.uptime, durationWords(status.uptime_ms)],
          [overview.database, status.database],
          [overview.size, bytesWords(status.database_bytes)],
          [overview.attachmentBytes, bytesWords(status.attachment_bytes)],
          [overview.free, bytesWords(status.free_bytes)],
          [overview.backup, backupWords],
          [overview.retention, retentionWords(status.retention)],
          ...(status.broker === null ? [] : [[overview.broker, overview.brokers[status.broker]] as const]),
        ])}
      </section>
      ${status.hosts.length === 0 ? nothing : this.#hosts(status)}`;
  }

  #hosts({ hosts }: ServerStatus): TemplateResult {
    const { overview } = adminStrings();
    return html`<section class="card">
      <h2>${overview.hosts}</h2>
      <ul class="rows">
        ${hosts.map(
          ({ name, version, connections, heartbeat_age_ms: age }) =>
            html`<li>
              <div class="grow">
                <b><bdi>${name}</bdi></b>
                <p class="hint">${version} · ${overview.host(connections, Math.round(age))}</p>
              </div>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  #finding({ check, level, message }: DoctorFinding): TemplateResult {
    const { levels } = adminStrings().overview;
    return html`<li>
      <span class="badge ${BADGES[level]}">${levels[level]}</span>
      <div class="grow" lang="en">
        <b>${check}</b>
        <p class="hint">${message}</p>
      </div>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'server-overview': ServerOverview;
  }
}
