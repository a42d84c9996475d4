import type { AttachmentResource } from '../../server/protocol/resources/attachment.ts';
import type { ProblemCode } from '../net/problem.ts';
import { problemCode } from '../net/problem.ts';
import { download, type DownloadDeps } from './download.ts';

/** How far the saving of a file is. `received`: bytes. */
export type SaveState =
  | { readonly is: 'idle' | 'waiting' }
  | { readonly is: 'loading'; readonly received: number }
  | { readonly is: 'failed'; readonly code: ProblemCode };

export interface FileSavesDeps extends DownloadDeps {
  /** Hands a file to the browser, which saves it under this name or one like it. */
  readonly save: (file: Blob, name: string) => void;
}

const AT_ONCE = 2;
const TRIES = 4;
/** At most so many files are saved at a time, are waiting, or could not be saved. The oldest of the last kind give way. */
const KEPT = 60;
/** A type that no program and no browser opens by itself. */
const OPAQUE = 'application/octet-stream';

const IDLE: SaveState = { is: 'idle' };

interface Save {
  readonly attachment: AttachmentResource;
  readonly ending: AbortController;
  state: SaveState;
}

/** The files that the user saves, by attachment. A save goes on when nothing shows it any more, and is the same for everything that
 *  shows it. */
export class FileSaves {
  readonly #deps: FileSavesDeps;
  readonly #saves = new Map<string, Save>();
  readonly #watchers = new Set<(id: string, state: SaveState) => void>();
  readonly #queue: Save[] = [];
  #running = 0;

  constructor(deps: FileSavesDeps) {
    this.#deps = deps;
  }

  stateOf(id: string): SaveState {
    return this.#saves.get(id)?.state ?? IDLE;
  }

  /** Calls `changed` with each change of any file, until `signal` aborts. */
  watch(changed: (id: string, state: SaveState) => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#watchers.add(changed);
    signal.addEventListener('abort', () => this.#watchers.delete(changed), { once: true });
  }

  /** Saves a file, unless that is under way. */
  start(attachment: AttachmentResource): void {
    const { is } = this.stateOf(attachment.id);
    if (is === 'loading' || is === 'waiting' || !this.#makeRoom()) return;
    const save: Save = { attachment, ending: new AbortController(), state: { is: 'waiting' } };
    this.#saves.delete(attachment.id);
    this.#saves.set(attachment.id, save);
    this.#queue.push(save);
    this.#become(save, { is: 'waiting' });
    this.#next();
  }

  cancel(id: string): void {
    const save = this.#saves.get(id);
    if (save === undefined) return;
    save.ending.abort();
    this.#saves.delete(id);
    this.#tell(id, IDLE);
    this.#next();
  }

  /** The user is logged out. */
  stop(): void {
    for (const id of this.#saves.keys()) this.cancel(id);
    this.#watchers.clear();
  }

  #makeRoom(): boolean {
    if (this.#saves.size < KEPT) return true;
    for (const [id, { state }] of this.#saves)
      if (state.is === 'failed') {
        this.cancel(id);
        return true;
      }
    return false;
  }

  #next(): void {
    while (this.#running < AT_ONCE) {
      const save = this.#queue.shift();
      if (save === undefined) return;
      if (!save.ending.signal.aborted) void this.#run(save);
    }
  }

  async #run(save: Save): Promise<void> {
    const { attachment, ending } = save;
    const { signal } = ending;
    this.#running += 1;
    this.#become(save, { is: 'loading', received: 0 });
    const progress = (received: number): void => {
      this.#become(save, { is: 'loading', received });
    };
    try {
      const file = await download(attachment, this.#deps, { signal, type: OPAQUE, tries: TRIES, progress });
      if (signal.aborted) return;
      this.#deps.save(file, attachment.name);
      this.#saves.delete(attachment.id);
      this.#tell(attachment.id, IDLE);
    } catch (error) {
      this.#become(save, { is: 'failed', code: problemCode(error) });
    } finally {
      this.#running -= 1;
      this.#next();
    }
  }

  #become(save: Save, state: SaveState): void {
    if (save.ending.signal.aborted) return;
    save.state = state;
    this.#tell(save.attachment.id, state);
  }

  #tell(id: string, state: SaveState): void {
    for (const watcher of this.#watchers) watcher(id, state);
  }
}
