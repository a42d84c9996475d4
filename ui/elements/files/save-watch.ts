import type { LitElement, ReactiveController } from 'lit';
import type { AttachmentResource } from '../../../server/protocol/resources/attachment.ts';
import type { ReceivedFiles } from '../../attachments/received-files.ts';
import type { SaveState } from '../../attachments/file-saves.ts';
import { emit } from '../shared/emit.ts';

interface Host extends LitElement {
  readonly attachment: AttachmentResource | null;
}

/** Lets an element save a file and show how far that is. It asks for the part that saves only when it is needed, or when it is there
 *  anyway. */
export class SaveWatch implements ReactiveController {
  state: SaveState = { is: 'idle' };
  readonly #host: Host;
  #ending = new AbortController();

  constructor(host: Host) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    // A row that comes back may belong to a file that is being saved.
    this.#use((files) => {
      files.saves.watch((id, state) => {
        if (id === this.#host.attachment?.id) this.#show(state);
      }, signal);
      this.follow(files);
    });
  }

  hostDisconnected(): void {
    this.#ending.abort();
  }

  /** Begins to save the file, or stops that. */
  toggle(): void {
    const { attachment } = this.#host;
    if (attachment === null) return;
    const { is } = this.state;
    this.#use(({ saves }) => {
      if (is === 'waiting' || is === 'loading') saves.cancel(attachment.id);
      else saves.start(attachment);
    });
  }

  follow(files: ReceivedFiles): void {
    this.#show(files.saves.stateOf(this.#host.attachment?.id ?? ''));
  }

  #use(use: (files: ReceivedFiles) => void): void {
    const { signal } = this.#ending;
    emit(this.#host, 'use-files', {
      use: (files) => {
        if (!signal.aborted) use(files);
      },
      missing: () => {
        if (!signal.aborted) this.#show({ is: 'failed', code: 'offline' });
      },
    });
  }

  #show(state: SaveState): void {
    if (this.state.is === 'idle' && state.is === 'idle') return;
    this.state = state;
    this.#host.requestUpdate();
  }
}
