import type { ReactiveController } from 'lit';
import { browserClock, type Timer } from '../../net/clock.ts';
import { ownScript, servedScript } from '../../net/served-build.ts';
import { reloadsFor } from '../../app/reloads.ts';
import type { Screen } from './screen.ts';

/** The window counts as idle after this many milliseconds without input. */
const IDLE_MS = 5 * 60_000;
const LOOK_MS = 15_000;
const TOUCHES = ['pointerdown', 'keydown', 'wheel'] as const;

/** Notices that the server serves another build, offers a reload, and reloads by itself once nobody looks at the
 *  window and nothing is being written. A new build comes with a restart of the server, so it checks after each new
 *  connection. */
export class UpdateOffer implements ReactiveController {
  readonly #screen: Screen;
  #generation = 0;
  #served: string | null = null;
  #touchedAt = browserClock.now();
  #timer: Timer | null = null;
  #ending = new AbortController();
  #isReloading = false;

  constructor(screen: Screen) {
    this.#screen = screen;
    screen.addController(this);
  }

  hostConnected(): void {
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    for (const touch of TOUCHES) addEventListener(touch, this.#touched, { signal, passive: true });
    document.addEventListener('visibilitychange', this.#consider, { signal });
    this.hostUpdated();
    this.#again();
  }

  hostDisconnected(): void {
    this.#ending.abort();
    this.#timer?.cancel();
  }

  hostUpdated(): void {
    // In the desktop app a reload would not load the server's build.
    if (this.#screen.app.shell.server.editable) return;
    const { sync } = this.#screen.account;
    const { phase } = sync.connection.get();
    if (phase === 'outdated') this.#consider();
    if (phase !== 'live' || sync.generation === this.#generation) return;
    this.#generation = sync.generation;
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const [served, own] = [await servedScript(), ownScript()];
    if (served === null || own === null) return;
    this.#served = served === own ? null : served;
    this.#screen.hasNewBuild = this.#served !== null;
    this.#consider();
  }

  readonly #touched = (): void => {
    this.#touchedAt = browserClock.now();
  };

  #again(): void {
    this.#timer = browserClock.after(LOOK_MS, () => {
      this.#consider();
      this.#again();
    });
  }

  readonly #consider = (): void => {
    const isOutdated = this.#screen.account.sync.connection.get().phase === 'outdated';
    const target = isOutdated ? `after ${String(ownScript())}` : this.#served;
    if (target === null || this.#isReloading || !this.#isFree) return;
    const isAway = document.visibilityState === 'hidden' || browserClock.now() - this.#touchedAt > IDLE_MS;
    if (!isAway && !isOutdated) return;
    if (!reloadsFor(() => sessionStorage, target)) return;
    this.#isReloading = true;
    void this.#screen.account.settle().finally(() => {
      location.reload();
    });
  };

  /** Whether a reload disturbs nothing: nothing is being written, sent, configured or undone. */
  get #isFree(): boolean {
    const { account, app, panel } = this.#screen;
    // A draft is normally on disk, but not if this browser stores nothing.
    const isWriting = [...account.drafts.texts.get().values()].some((text) => text !== '');
    return (
      panel === null &&
      app.route.get().name !== 'settings' &&
      !isWriting &&
      account.sync.model.get().pending.length === 0 &&
      account.undoableDeletes.hidden.get().size === 0
    );
  }
}
