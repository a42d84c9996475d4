import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { emit } from './emit.ts';

/** An element that opens something above the screen. */
export type LayerHost = HTMLElement & Pick<ReactiveControllerHost, 'addController' | 'removeController'>;

/** Lets the system's back button close what an element opens above the screen: a menu, a dialog, a viewer.
 *
 *  readonly #layer = new Layer(this, () => { this.open = false; });
 *  this.#layer.opened();  // when it is shown
 *  this.#layer.closed();  // when it was closed in any other way: Escape, a choice, a click outside
 *
 *  Both may be called repeatedly. Removing the element or changing the screen closes the layer too. `close` is called
 *  only if the element does not know yet that it is closed. The panels of `navigation/trail.ts` need no layer. */
export class Layer implements ReactiveController {
  readonly #host: LayerHost;
  readonly #close: () => void;
  #closed: (() => void) | null = null;

  constructor(host: LayerHost, close: () => void) {
    this.#host = host;
    this.#close = close;
    host.addController(this);
  }

  opened(): void {
    if (this.#closed !== null) return;
    emit(this.#host, 'open-layer', {
      close: () => {
        this.#closed = null;
        this.#close();
      },
      opened: (closed) => {
        this.#closed = closed;
      },
    });
  }

  closed(): void {
    this.#closed?.();
    this.#closed = null;
  }

  hostDisconnected(): void {
    this.closed();
  }
}
