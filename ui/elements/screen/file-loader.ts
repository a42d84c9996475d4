import type { ReactiveController } from 'lit';
import type { ReceivedFiles } from '../../attachments/received-files.ts';
import { strings } from '../../strings/strings.ts';
import type { Emitted } from '../shared/emit.ts';
import { listen } from './listen.ts';
import type { PaneHost } from './pane.ts';

/** Gives elements the part that fetches the files of messages. It is loaded with the first of them; if it could not be loaded, the next
 *  one tries again. */
export class FileLoader implements ReactiveController {
  readonly #host: PaneHost;
  #files: Promise<ReceivedFiles> | null = null;
  #ending = new AbortController();
  #generation = 0;

  constructor(host: PaneHost) {
    this.#host = host;
    host.screen.addController(this);
  }

  hostConnected(): void {
    this.#ending = new AbortController();
    const handlers = {
      'use-files': (wanted: Emitted['use-files']) => {
        this.#open().then(wanted.use, wanted.missing);
      },
      'show-pictures': (shown: Emitted['show-pictures']) => void this.#view(shown),
    };
    listen(this.#host.screen, handlers, this.#ending.signal);
  }

  hostDisconnected(): void {
    this.#ending.abort();
    this.#files?.then(
      (files) => {
        files.stop();
      },
      () => undefined,
    );
    this.#files = null;
  }

  hostUpdated(): void {
    const { sync } = this.#host.screen.account;
    if (sync.connection.get().phase !== 'live' || sync.generation === this.#generation) return;
    this.#generation = sync.generation;
    this.#files?.then(
      (files) => {
        files.pictures.again();
      },
      () => undefined,
    );
  }

  #open(): Promise<ReceivedFiles> {
    if (this.#files !== null) return this.#files;
    const loading = import('../files/files-of.ts').then(({ filesOf }) => filesOf(this.#host.screen));
    loading.catch(() => {
      this.#files = null;
    });
    return (this.#files = loading);
  }

  async #view(shown: Emitted['show-pictures']): Promise<void> {
    const { screen } = this.#host;
    try {
      const files = await this.#open();
      const { openViewer } = await import('../files/picture-viewer.ts');
      openViewer(files, shown, (close) => screen.app.navigation.openLayer(close));
    } catch {
      this.#host.toast(strings().missing);
    }
  }
}
