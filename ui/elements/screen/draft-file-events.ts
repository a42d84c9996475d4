import type { ReactiveController } from 'lit';
import type { FileSender } from '../../attachments/file-sender.ts';
import { strings } from '../../strings/strings.ts';
import { watchFiles } from '../conversation/dropped-files.ts';
import type { Given } from '../shared/given-files.ts';
import { loadOnce } from '../shared/load-part.ts';
import type { Emitted } from '../shared/emit.ts';
import { listen } from './listen.ts';
import type { PaneHost } from './pane.ts';

const loadParts = loadOnce(async () => {
  await import('../files/add-files.ts');
});

/** Brings files that the user picks, pastes or drops into the draft of the open conversation. What does so is loaded with the first of them. */
export class DraftFileEvents implements ReactiveController {
  readonly #host: PaneHost;
  #ending = new AbortController();
  #isOver = false;

  constructor(host: PaneHost) {
    this.#host = host;
    host.screen.addController(this);
  }

  hostConnected(): void {
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    const handlers = {
      'add-files': ({ files }: Emitted['add-files']) =>
        void this.#add({ files, hasFolder: false, text: null }),
      'remove-file': ({ key }: Emitted['remove-file']) => void this.#files?.detach(key),
      'retry-file': ({ key }: Emitted['retry-file']) => this.#files?.retry(key),
      'send-original': ({ key, original }: Emitted['send-original']) =>
        void this.#files?.sendOriginal(key, original),
    };
    listen(this.#host.screen, handlers, signal);
    watchFiles(
      {
        given: (given) => void this.#add(given),
        dragged: (isOver) => void this.#drag(isOver),
      },
      signal,
    );
  }

  /** Loads what is needed offline too, as soon as files can be sent. */
  hostUpdated(): void {
    if (this.#files !== null) loadParts();
  }

  hostDisconnected(): void {
    this.#ending.abort();
  }

  get #files(): FileSender | null {
    return this.#host.screen.account.files.get();
  }

  /** Whether the server takes files. */
  get #isTaking(): boolean {
    return (this.#files?.limits.get() ?? null) !== null;
  }

  async #add(given: Given): Promise<void> {
    const { composer, missing } = strings();
    const part = this.#isTaking ? await import('../files/add-files.ts').catch(() => undefined) : null;
    if (part === null) this.#host.toast(given.text === null ? composer.noFiles : composer.overHint);
    else if (part === undefined) this.#host.toast(missing);
    else part.addFiles(this.#host, given);
  }

  async #drag(isOver: boolean): Promise<void> {
    this.#isOver = isOver && this.#isTaking;
    const part = await import('../files/add-files.ts').catch(() => null);
    part?.showDropTarget(this.#host.screen, this.#isOver);
  }
}
