import type { Clock, Timer } from '../net/clock.ts';
import { hashOf, parseRoute, type ScreenRoute } from './route.ts';
import { signal } from '../model/signal.ts';
import {
  adopting,
  goingTo,
  layersIn,
  leaving,
  replacing,
  screensOnly,
  shortened,
  stepsBetween,
  topScreen,
  trailOf,
  withLayer,
  withoutLayer,
  withoutLayers,
  withoutPanel,
  withPanel,
  type Panel,
  type Trail,
} from './trail.ts';

/** The parts of the browser that the navigation uses. */
export interface NavigationDeps {
  readonly history: Pick<History, 'state' | 'length' | 'pushState' | 'replaceState' | 'go'>;
  readonly location: Pick<Location, 'hash'>;
  readonly clock: Clock;
  /** Whether the window shows one pane at a time. */
  readonly narrow: () => boolean;
}

/** Delay before changing a history entry, because browsers ignore such changes when too many come at once. */
const ADOPT_MS = 300;
/** A browser that has not gone back after this many milliseconds will not do it. */
const ARRIVAL_MS = 2_000;

/** The current position in the client. The browser's history mirrors it, so that the system's back button closes what
 *  is on top: a menu, a dialog, a panel, a conversation. An element that opens something above the screen calls
 *  `openLayer`. */
export class Navigation {
  readonly route = signal<ScreenRoute>({ name: 'home' });
  readonly trail = signal<Trail>([]);
  /** Counts visits to screens, including visits to the current one, because each of them moves the focus. */
  readonly visits = signal(0);
  readonly #deps: NavigationDeps;
  /** The trail in the current history entry. */
  #held: Trail = [];
  /** Whether the browser is on its way back to an entry. It reports its arrival later. */
  #moving = false;
  #adoption: Timer | null = null;
  #arrival: Timer | null = null;
  /** Functions that close the open menus and viewers. */
  readonly #layers: (() => void)[] = [];

  constructor(deps: NavigationDeps) {
    this.#deps = deps;
    this.route.set(parseRoute(deps.location.hash));
  }

  /** Begins to follow the browser's history. From then on `moved` must be called at each `popstate`, which the
   *  browser also sends when the user edits the address. */
  start(): void {
    const { history, location } = this.#deps;
    const route = parseRoute(location.hash);
    const held = trailOf(history.state, location.hash);
    this.#held = held ?? [''];
    // The user came from outside. The list is put below the screen.
    this.#show(held === null ? goingTo(['#/'], route, true) : screensOnly(held));
    this.visits.set(1);
  }

  go(route: ScreenRoute): void {
    this.#show(goingTo(this.trail.get(), route, this.#deps.narrow()));
    this.visits.set(this.visits.get() + 1);
  }

  /** Goes back from a conversation or from the settings. */
  leave(): void {
    this.#show(leaving(this.trail.get()));
  }

  /** Replaces the open conversation by another one. */
  replace(route: ScreenRoute): void {
    this.#show(replacing(this.trail.get(), route));
    this.visits.set(this.visits.get() + 1);
  }

  /** `over`: in a narrow window, opens the panel above the conversation instead of above the list. */
  openPanel(panel: Panel, over = false): void {
    this.#show(withPanel(this.trail.get(), panel, this.#deps.narrow(), over));
  }

  closePanel(): void {
    this.#show(withoutPanel(this.trail.get()));
  }

  /** Something was opened above the screen. `close` is called when the user goes back. The caller must call the
   *  returned function if it was closed in any other way; further calls do nothing. */
  openLayer(close: () => void): () => void {
    this.#layers.push(close);
    this.#show(withLayer(this.trail.get()));
    return () => {
      const at = this.#layers.indexOf(close);
      if (at < 0) return;
      this.#layers.splice(at, 1);
      this.#show(withoutLayer(this.trail.get()));
    };
  }

  /** The browser is at another entry: the user went back or forward or edited the address, or this class did. */
  readonly moved = (): void => {
    const { history, location, clock } = this.#deps;
    const held = trailOf(history.state, location.hash);
    if (this.#moving) {
      // The user edited the address meanwhile. That counts, wherever the browser arrives.
      if (held === null) {
        this.#show(adopting(this.trail.get(), parseRoute(location.hash)));
        this.visits.set(this.visits.get() + 1);
      } else this.#arrived();
      return;
    }
    if (held?.join(' ') === this.#held.join(' ')) return;
    this.#adoption?.cancel();
    this.#held = held ?? adopting(this.#held, parseRoute(location.hash));
    if (held === null)
      this.#adoption = clock.after(ADOPT_MS, () => {
        this.#write(this.#held, true);
      });
    const before = topScreen(this.trail.get());
    // Only the element that opened a layer can open it again.
    const open = layersIn(this.#held) > this.#layers.length;
    this.#show(open ? withoutLayers(this.#held) : this.#held);
    if (topScreen(this.#held) !== before) this.visits.set(this.visits.get() + 1);
  };

  readonly #arrived = (): void => {
    const { history, location } = this.#deps;
    this.#arrival?.cancel();
    this.#moving = false;
    this.#held = trailOf(history.state, location.hash) ?? [''];
    this.#settle();
  };

  #show(trail: Trail): void {
    this.trail.set(trail);
    const hash = topScreen(trail);
    if (hash !== hashOf(this.route.get())) this.route.set(parseRoute(hash));
    while (this.#layers.length > layersIn(trail)) this.#layers.pop()?.();
    if (!this.#moving) this.#settle();
  }

  /** Makes the history match what is shown. Going back takes a moment, and what is shown by then counts. */
  #settle(): void {
    const [from, to] = [this.#held, this.trail.get()];
    const { back, replace, at } = stepsBetween(from, to);
    if (back > 0 && back < this.#deps.history.length) {
      this.#moving = true;
      this.#arrival = this.#deps.clock.after(ARRIVAL_MS, this.#arrived);
      this.#deps.history.go(-back);
      return;
    }
    if (replace || back > 0) this.#write(to.slice(0, at + 1), true);
    for (let end = at + 2; end <= to.length; end += 1) this.#write(to.slice(0, end), false);
    this.#held = shortened(to);
    if (this.#held.length < to.length) this.trail.set(this.#held);
  }

  #write(whole: Trail, replaces: boolean): void {
    const { history } = this.#deps;
    this.#adoption?.cancel();
    const trail = shortened(whole);
    const hash = topScreen(trail);
    // An address without a hash also means the list, and stays as it is.
    const url = parseRoute(this.#deps.location.hash).name === 'home' && trail.length === 1 ? null : hash;
    if (replaces) history.replaceState({ trail }, '', url);
    else history.pushState({ trail }, '', hash);
  }
}
