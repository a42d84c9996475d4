import { html, LitElement, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { AdminApi } from '../../admin/admin-api.ts';
import type { AdminApp } from '../../admin/admin-app.ts';
import { adminStrings } from '../../strings/admin-strings.ts';
import { adminStyles } from '../../styles/admin.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { fields } from '../../styles/fields.ts';
import { adminProblem } from './admin-words.ts';

/** What the sections of the admin page have in common. */
export abstract class AdminSection extends LitElement {
  static override readonly styles = [base, controls, fields, adminStyles];

  @property({ attribute: false }) app: AdminApp | null = null;

  /** Rejects with ApiProblem. */
  protected load<T>(work: (api: AdminApi) => Promise<T>): Promise<T> {
    if (this.app === null) throw new Error('the section is not on the page');
    return this.app.load(work);
  }

  /** Does something, and says what became of it; `done` null: nothing. Undefined if it was not done. */
  protected async act<T>(
    work: (api: AdminApi) => Promise<T>,
    done: ((value: T) => string) | string | null,
  ): Promise<{ readonly value: T } | undefined> {
    const words = (value: T): string | null => (typeof done === 'function' ? done(value) : done);
    return this.app?.act(work, words, adminProblem);
  }

  readonly #copied = (isDone: boolean): void => {
    const { copied, notCopied } = adminStrings();
    this.app?.told.set({ text: isDone ? copied : notCopied, isFault: !isDone });
  };
  protected readonly copy = (text: string): void => void this.app?.shell.copy(text).then(this.#copied);

  /** Loads the next page of a list. */
  protected moreButton(run: () => Promise<void>): TemplateResult {
    return html`<div>
      <button class="button" type="button" @click=${() => void run()}>${adminStrings().more}</button>
    </div>`;
  }

  /** The name of the admin in front of the page. */
  protected get own(): string {
    const phase = this.app?.phase.get();
    return phase?.name === 'ready' ? phase.username : '';
  }
}
