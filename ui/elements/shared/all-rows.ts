import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Decides whether all loaded messages have rows: while printing, and while all of them are selected. */
export class AllRows implements ReactiveController {
  wanted = false;
  readonly #host: ReactiveControllerHost;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    addEventListener('beforeprint', this.#print);
    addEventListener('afterprint', this.#print);
  }

  hostDisconnected(): void {
    removeEventListener('beforeprint', this.#print);
    removeEventListener('afterprint', this.#print);
  }

  /** Renders all rows. They stay while some text is selected. */
  async once(): Promise<void> {
    this.wanted = true;
    this.#host.requestUpdate();
    await this.#host.updateComplete;
    this.wanted = false;
  }

  readonly #print = ({ type }: Event): void => {
    this.wanted = type === 'beforeprint';
    this.#host.requestUpdate();
  };
}
