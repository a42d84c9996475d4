import { SignalWatcher } from '@lit-labs/signals';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Account } from '../../account/account.ts';
import type { App } from '../../app/app.ts';
import { listedConversations } from '../../model/selectors.ts';
import { shownFileName } from '../../model/text/file-name.ts';
import { panelStrings } from '../../strings/panel-strings.ts';
import { strings } from '../../strings/strings.ts';
import './quick-switcher.ts';
import { forgetSharedFiles } from './shared-files.ts';

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

/** Asks for which conversation the text and the files are that another app has shared, and puts them into the draft there. If nobody is signed in, it waits
 *  for them. Nothing is sent by it. */
@customElement('shared-text')
export class SharedText extends SignalWatcher(LitElement) {
  @property({ attribute: false }) app: App | null = null;
  @property() text = '';
  @property({ attribute: false }) files: readonly File[] = [];
  /** The conversation that was chosen, while what sends files is being loaded or asks the server. */
  @state() private chosen: string | null = null;

  /** Whether the text is in a draft already. */
  #hasPut = false;

  override render(): TemplateResult | typeof nothing {
    const phase = this.app?.phase.get();
    if (phase?.name !== 'signedIn' || this.app?.resetCode.get() !== '') return nothing;
    const { account } = phase;
    if (this.chosen !== null) {
      this.#attach(account, this.chosen);
      return nothing;
    }
    const { conversations, pending } = account.sync.model.get();
    const listed = listedConversations(conversations, pending, account.undoableDeletes.hidden.get(), []);
    if (listed.length === 0 && !account.sync.listed.get()) return nothing;
    return html`<quick-switcher
      purpose="share"
      .shared=${this.#words(account)}
      .lacking=${this.#lacking(account)}
      .conversations=${listed}
      @open-chat=${({ detail }: HTMLElementEventMap['open-chat']) => {
        void this.#put(account, detail.conversationId);
      }}
      @close-panel=${this.#end}
      @open-panel=${this.#end}
    ></quick-switcher>`;
  }

  /** Whether the server has said that it takes no files. */
  #isRefused({ files }: Account): boolean {
    return this.files.length > 0 && files.get()?.takesNone.get() === true;
  }

  /** What is shared, as the user is shown it. */
  #words(account: Account): readonly string[] {
    const { files, text } = this;
    const [only] = files;
    const names = only === undefined || this.#isRefused(account) ? '' : fileWords(only, files.length);
    return [text, names].filter((part) => part !== '');
  }

  #lacking(account: Account): string {
    if (!this.#isRefused(account)) return '';
    const { noFiles, nothingToShare } = panelStrings().switcher;
    return this.text === '' && !this.#hasPut ? nothingToShare : noFiles;
  }

  /** Ends when the files are in the draft, or cannot be. */
  #attach(account: Account, conversationId: string): void {
    const sender = account.files.get();
    if (this.#isRefused(account)) {
      // The server has only just said so.
      queueMicrotask(() => {
        this.#hasPut = this.text !== '';
        this.text = '';
        this.chosen = null;
      });
      return;
    }
    if ((sender?.limits.get() ?? null) === null || sender === null) return;
    const given = this.files;
    queueMicrotask(() => {
      sender.attach(conversationId, given);
      this.#end();
    });
    this.files = [];
  }

  async #put(account: Account, conversationId: string): Promise<void> {
    const { drafts } = account;
    const { app, text } = this;
    if (this.files.length === 0 || this.#isRefused(account)) this.#end();
    else this.chosen = conversationId;
    // The drafts of earlier windows may not have been read yet.
    await drafts.follow();
    if (text === '') {
      app?.go({ name: 'conversation', conversationId });
      return;
    }
    const before = drafts.texts.get().get(conversationId) ?? '';
    drafts.set(conversationId, before.trim() === '' ? text : `${before}\n${text}`);
    drafts.changes.set(drafts.changes.get() + 1);
    app?.go({ name: 'conversation', conversationId });
  }

  readonly #end = (): void => {
    this.remove();
    void forgetSharedFiles();
  };
}

/** The name of the only file, or how many there are. */
const fileWords = ({ name }: File, count: number): string =>
  count === 1 ? shownFileName(name) : strings().files.many(count);

/** Begins to ask, if there is something. */
export const askForConversation = (app: App, text: string, files: readonly File[] = []): void => {
  if (text === '' && files.length === 0) return;
  const element = document.createElement('shared-text');
  element.app = app;
  element.text = text;
  element.files = files;
  document.body.append(element);
};

declare global {
  interface HTMLElementTagNameMap {
    'shared-text': SharedText;
  }
}
