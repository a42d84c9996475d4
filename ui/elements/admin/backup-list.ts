import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { BackupList } from '../../../server/protocol/resources/admin.ts';
import { adminStrings } from '../../strings/admin-strings.ts';
import { AdminSection } from './admin-section.ts';
import { bytesWords, durationWords, numberWords, timeWords } from './admin-words.ts';
import { facts, type Fact } from './facts.ts';
import { Loaded } from './loaded.ts';

/** While a backup is being made. */
const AGAIN_MS = 2_000;

/** The scheduled backups of the host that answers. */
@customElement('backup-list')
export class BackupListElement extends AdminSection {
  readonly #list = new Loaded<BackupList>(
    this,
    () => this.load((api) => api.backups()),
    (list) => (list?.running === true ? AGAIN_MS : null),
  );

  override render(): TemplateResult {
    const { backups } = adminStrings();
    return this.#list.render((list) =>
      list.schedule === null
        ? html`<section class="card"><p>${backups.off}</p></section>`
        : html`${this.#schedule(list, list.schedule)} ${this.#files(list)}`,
    );
  }

  #schedule(
    { running, failures }: BackupList,
    { every_s, keep, dir }: NonNullable<BackupList['schedule']>,
  ): TemplateResult {
    const { backups } = adminStrings();
    const lines: readonly Fact[] = [
      [backups.every, durationWords(every_s * 1000)],
      [backups.keep, numberWords(keep)],
      [backups.failures, numberWords(failures)],
      [backups.folder, html`<bdi class="code">${dir}</bdi>`],
    ];
    return html`<section class="card">
      <h2>${backups.schedule}</h2>
      ${facts(lines)}
      <div class="acts">
        <button
          class="button main"
          type="button"
          aria-disabled=${running ? 'true' : 'false'}
          @click=${() => {
            if (!running) void this.#start();
          }}
        >
          ${running ? html`<span class="spin"></span>` : nothing}${backups.start}
        </button>
      </div>
      <p class="hint" role="status">${running ? backups.running : ''}</p>
    </section>`;
  }

  #files({ backups: files }: BackupList): TemplateResult {
    const { backups } = adminStrings();
    return html`<section class="card">
      <h2>${backups.list}</h2>
      ${
        files.length === 0
          ? html`<p class="hint">${backups.empty}</p>`
          : html`<ul class="rows">
              ${files.map(
                ({ name, made_at, bytes }) =>
                  html`<li>
                    <div class="grow">
                      <b>${timeWords(made_at)}</b>
                      <p class="hint"><span class="code">${name}</span> · ${bytesWords(bytes)}</p>
                    </div>
                  </li>`,
              )}
            </ul>`
      }
    </section>`;
  }

  async #start(): Promise<void> {
    await this.act((api) => api.startBackup(), adminStrings().backups.started);
    await this.#list.reload();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'backup-list': BackupListElement;
  }
}
