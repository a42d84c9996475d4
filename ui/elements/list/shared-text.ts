import { SignalWatcher } from '@lit-labs/signals';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Account } from '../../account/account.ts';
import type { App } from '../../app/app.ts';
import { listedConversations } from '../../model/selectors.ts';
import './quick-switcher.ts';

/** What another app has shared, as one text: a title, a text and an address, each once. */
export const sharedText = (search: string): string => {
  const given = new URLSearchParams(search);
  const parts = ['title', 'text', 'url'].map((name) => given.get(name)?.trim() ?? '');
  return parts
    .filter(
      (part, at) =>
        part !== '' &&
        !parts.some(
          (other, i) =>
            i !== at && (other.length > part.length || (other === part && i < at)) && other.includes(part),
        ),
    )
    .join('\n');
};

/** Asks for which conversation a text is that another app has shared, and puts it into the draft there. If nobody is signed in, it waits
 *  for them. Nothing is sent by it. */
@customElement('shared-text')
export class SharedText extends SignalWatcher(LitElement) {
  @property({ attribute: false }) app: App | null = null;
  @property() text = '';

  override render(): TemplateResult | typeof nothing {
    const phase = this.app?.phase.get();
    if (phase?.name !== 'signedIn' || this.app?.resetCode.get() !== '') return nothing;
    const { account } = phase;
    const { conversations, pending } = account.sync.model.get();
    const listed = listedConversations(conversations, pending, account.undoableDeletes.hidden.get(), []);
    if (listed.length === 0 && !account.sync.listed.get()) return nothing;
    return html`<quick-switcher
      purpose="share"
      .conversations=${listed}
      @open-chat=${({ detail }: HTMLElementEventMap['open-chat']) => {
        void this.#put(account, detail.conversationId);
      }}
      @close-panel=${this.#end}
      @open-panel=${this.#end}
    ></quick-switcher>`;
  }

  async #put({ drafts }: Account, conversationId: string): Promise<void> {
    const { app, text } = this;
    this.#end();
    // The drafts of earlier windows may not have been read yet.
    await drafts.follow();
    const before = drafts.texts.get().get(conversationId) ?? '';
    drafts.set(conversationId, before.trim() === '' ? text : `${before}\n${text}`);
    drafts.changes.set(drafts.changes.get() + 1);
    app?.go({ name: 'conversation', conversationId });
  }

  readonly #end = (): void => {
    this.remove();
  };
}

/** Begins to ask, if there is something. */
export const askForConversation = (app: App, text: string): void => {
  if (text === '') return;
  const element = document.createElement('shared-text');
  element.app = app;
  element.text = text;
  document.body.append(element);
};

declare global {
  interface HTMLElementTagNameMap {
    'shared-text': SharedText;
  }
}
