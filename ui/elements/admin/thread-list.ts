import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { ThreadState } from '../../../server/protocol/resources/admin.ts';
import { adminStrings } from '../../strings/admin-strings.ts';
import { AdminSection } from './admin-section.ts';
import { numberWords } from './admin-words.ts';
import { facts, type Fact } from './facts.ts';
import { Loaded } from './loaded.ts';

const AGAIN_MS = 1_000;

const rounded = (value: number): string => numberWords(Math.round(value * 10) / 10);
const ms = (value: number): string => `${rounded(value)}\u00a0ms`;

/** The threads of the host that answers, live. */
@customElement('thread-list')
export class ThreadList extends AdminSection {
  readonly #threads = new Loaded(
    this,
    () => this.load((api) => api.threads()),
    () => AGAIN_MS,
  );

  override render(): TemplateResult {
    return html`<p class="lead">${adminStrings().threads.lead}</p>
      ${this.#threads.render((threads) => html`${threads.map((each) => this.#thread(each))}`)}`;
  }

  #thread(thread: ThreadState): TemplateResult {
    const { threads } = adminStrings();
    const { commits, loop_lag_ms: lag } = thread;
    const lines: readonly Fact[] = [
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
      ${facts(lines)}
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'thread-list': ThreadList;
  }
}
