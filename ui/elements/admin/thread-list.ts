import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { ThreadState } from '../../../server/protocol/resources/admin.ts';
import { browserClock, type Timer } from '../../net/clock.ts';
import { adminStrings } from '../../strings/admin-strings.ts';
import { AdminSection } from './admin-section.ts';
import { numberWords } from './admin-words.ts';
import { Loaded } from './loaded.ts';

const AGAIN_MS = 1_000;

const rounded = (value: number): string => numberWords(Math.round(value * 10) / 10);
const ms = (value: number): string => `${rounded(value)}\u00a0ms`;

/** The threads of the host that answers, live. */
@customElement('thread-list')
export class ThreadList extends AdminSection {
  #timer: Timer | null = null;
  readonly #threads = new Loaded(this, async () => {
    const threads = await this.load((api) => api.threads());
    this.#again();
    return threads;
  });

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#timer?.cancel();
  }

  override render(): TemplateResult {
    return html`<p class="lead">${adminStrings().threads.lead}</p>
      ${this.#threads.render((threads) => html`${threads.map((each) => this.#thread(each))}`)}`;
  }

  #again(): void {
    this.#timer?.cancel();
    if (!this.isConnected) return;
    this.#timer = browserClock.after(AGAIN_MS, () => {
      // A window that nobody sees asks nothing.
      if (document.visibilityState === 'visible') void this.#threads.reload();
      else this.#again();
    });
  }

  #thread(thread: ThreadState): TemplateResult {
    const { threads } = adminStrings();
    const { commits, loop_lag_ms: lag } = thread;
    const facts: readonly (readonly [string, string])[] = [
      [threads.actors, numberWords(thread.actors)],
      [threads.waiting, numberWords(thread.mailbox_waiting)],
      [threads.longest, numberWords(thread.mailbox_longest)],
      [threads.asks, numberWords(thread.asks)],
      ...(lag === null ? [] : [[threads.lag, ms(lag)] as const]),
      [threads.restarts, numberWords(thread.restarts)],
      ...(commits === null
        ? []
        : ([
            [threads.writes, rounded(commits.writes_per_second)],
            [threads.p50, ms(commits.p50_ms)],
            [threads.p99, ms(commits.p99_ms)],
          ] as const)),
    ];
    return html`<section class="card">
      <h2 class="code">${thread.name}</h2>
      <dl class="facts">
        ${facts.map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'thread-list': ThreadList;
  }
}
