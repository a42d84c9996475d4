import type { ReactiveController } from 'lit';
import type { Pictures } from '../../account/pictures.ts';
import { browserClock } from '../../net/clock.ts';
import type { Screen } from './screen.ts';

/** Brings elements the pictures that they ask for. The part that holds pictures is loaded with the first of them; if it could not be
 *  loaded, letters stay in their place until somebody asks again. */
export class PictureLoader implements ReactiveController {
  readonly #screen: Screen;
  #pictures: Promise<Pictures> | null = null;
  #ending = new AbortController();
  #generation = 0;

  constructor(screen: Screen) {
    this.#screen = screen;
    screen.addController(this);
  }

  hostConnected(): void {
    this.#ending = new AbortController();
    // A dialog may stand beside the screen.
    document.documentElement.addEventListener(
      'need-picture',
      ({ detail }) => {
        void this.#open().then(
          (pictures) => {
            pictures.need(detail);
          },
          () => {
            this.#pictures = null;
          },
        );
      },
      { signal: this.#ending.signal },
    );
  }

  hostDisconnected(): void {
    this.#ending.abort();
    this.#tell((pictures) => {
      pictures.stop();
    });
    this.#pictures = null;
  }

  hostUpdated(): void {
    const { sync } = this.#screen.account;
    if (sync.connection.get().phase !== 'live' || sync.generation === this.#generation) return;
    this.#generation = sync.generation;
    this.#tell((pictures) => {
      pictures.again();
    });
  }

  #tell(run: (pictures: Pictures) => void): void {
    this.#pictures?.then(run, () => undefined);
  }

  #open(): Promise<Pictures> {
    const { api } = this.#screen.account;
    return (this.#pictures ??= import('../../account/pictures.ts').then(
      ({ Pictures }) =>
        new Pictures({ clock: browserClock, fetch: (userId) => api.avatar(userId), urls: URL }),
    ));
  }
}
