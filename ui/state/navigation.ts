import type { Clock, Timer } from '../net/clock.ts';
import { hashOf, parseRoute, type Route } from './route.ts';
import { signal } from './signal.ts';
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

/** What the navigation needs of the browser. */
export interface NavigationDeps {
  readonly history: Pick<History, 'state' | 'length' | 'pushState' | 'replaceState' | 'go'>;
  readonly location: Pick<Location, 'hash'>;
  readonly clock: Clock;
  /** One pane at a time. */
  readonly narrow: () => boolean;
}

/** Browsers ignore an entry's change when too many come at once. */
const ADOPT_MS = 300;
/** A browser that has not gone back by then does not do it any more. */
const ARRIVAL_MS = 2_000;

/** Where in the client one is. The history of the browser mirrors it, so that the system's back button closes what is on
 *  top: a menu, a dialog, a panel, a conversation. Whoever opens something above the screen calls `openLayer`. */
export class Navigation {
  readonly route = signal<Route>({ name: 'home' });
  readonly trail = signal<Trail>([]);
  /** Counts how often somebody went to a screen, to the one in sight too: the focus follows. */
  readonly visits = signal(0);
  readonly #deps: NavigationDeps;
  /** The trail that the history's current entry holds. */
  #held: Trail = [];
  /** On the way back to an entry; it is told when the browser has arrived. */
  #moving = false;
  #adoption: Timer | null = null;
  #arrival: Timer | null = null;
  /** What closes the menus and viewers that are open. */
  readonly #layers: (() => void)[] = [];

  constructor(deps: NavigationDeps) {
    this.#deps = deps;
    this.route.set(parseRoute(deps.location.hash));
  }

  /** From here on the history is followed: `moved` is to be called at each `popstate`, which an address that somebody typed
   *  brings too. */
  start(): void {
    const { history, location } = this.#deps;
    const route = parseRoute(location.hash);
    const held = trailOf(history.state, location.hash);
    this.#held = held ?? [''];
    // A link from outside: the list is below it too.
    this.#show(held === null ? goingTo(['#/'], route, true) : screensOnly(held));
    this.visits.set(1);
  }

  go(route: Route): void {
    this.#show(goingTo(this.trail.get(), route, this.#deps.narrow()));
    this.visits.set(this.visits.get() + 1);
  }

  /** The arrow of a conversation or of the settings. */
  leave(): void {
    this.#show(leaving(this.trail.get()));
  }

  /** The conversation in sight goes on as another one. */
  replace(route: Route): void {
    this.#show(replacing(this.trail.get(), route));
    this.visits.set(this.visits.get() + 1);
  }

  /** `over`: on a narrow window it lies above the conversation, not above the list. */
  openPanel(panel: Panel, over = false): void {
    this.#show(withPanel(this.trail.get(), panel, this.#deps.narrow(), over));
  }

  closePanel(): void {
    this.#show(withoutPanel(this.trail.get()));
  }

  /** Something opened above the screen: `close` is called when somebody goes back. The function returned is called when it was
   *  closed in another way; calling it again does nothing. */
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

  /** The browser is at another entry: somebody went back or forward, changed the address, or this did. */
  readonly moved = (): void => {
    const { history, location, clock } = this.#deps;
    const held = trailOf(history.state, location.hash);
    if (this.#moving) {
      // Somebody typed an address on the way: that counts, wherever the browser arrives.
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
    // Nobody can open again from here what an element had opened.
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

  /** Makes the history hold what is shown. Going back takes a moment; what is shown by then is what counts. */
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
    // The address without a hash is the list's too, and stays as it is.
    const url = parseRoute(this.#deps.location.hash).name === 'home' && trail.length === 1 ? null : hash;
    if (replaces) history.replaceState({ trail }, '', url);
    else history.pushState({ trail }, '', hash);
  }
}
