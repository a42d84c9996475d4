import { html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { TraceList } from '../../../server/protocol/resources/inspector.ts';
import { browserClock } from '../../net/clock.ts';
import type { ProblemCode } from '../../net/problem.ts';
import { adminStrings } from '../../strings/admin-strings.ts';
import { inspectorStyles } from '../../styles/inspector.ts';
import { AdminSection } from './admin-section.ts';
import { adminProblem } from './admin-words.ts';
import { Loaded } from './loaded.ts';
import { traceView } from './trace-view.ts';

/** While something is waited for, and else: another admin, or the command line, may trace a message too. */
const SOON_MS = 500;
const LATER_MS = 5_000;

const isWaiting = (list: TraceList | null): boolean =>
  list !== null && (list.armed !== null || list.traces[0]?.is_done === false);

const problemOf = (code: ProblemCode): string => {
  const { traces } = adminStrings();
  if (code === 'not_found') return traces.noUser;
  return code === 'conflict' ? traces.busy : adminProblem(code);
};

/** Has the path of the next message recorded, and shows the last ones. */
@customElement('trace-panel')
export class TracePanel extends AdminSection {
  static override readonly styles = [...AdminSection.styles, inspectorStyles];

  @state() private username = '';
  /** The number of the newest trace before the one that is waited for; null: none is. */
  @state() private newestBefore: number | null = null;
  readonly #list = new Loaded(
    this,
    () => this.load((api) => api.traces()),
    (list) => (isWaiting(list) ? SOON_MS : LATER_MS),
  );

  override render(): TemplateResult {
    const { traces } = adminStrings();
    return html`<section class="card">
      <h2>${traces.title}</h2>
      <p class="hint">${traces.hint}</p>
      ${this.#list.render((list) => this.#content(list))}
    </section>`;
  }

  #content(list: TraceList): TemplateResult {
    const { traces } = adminStrings();
    const { armed, traces: found } = list;
    return html`<form class="bar" novalidate @submit=${this.#submit}>
        <div class="field">
          <label for="from">${traces.from}</label>
          <input
            id="from"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            dir="ltr"
            maxlength="32"
            ?readonly=${armed !== null}
            .value=${this.username}
            @input=${(event: InputEvent) => {
              this.username = (event.target as HTMLInputElement).value;
            }}
          />
        </div>
        <button class="button ${armed === null ? 'main' : ''}" type="submit">
          ${armed === null ? traces.arm : adminStrings().cancel}
        </button>
      </form>
      <p class="waiting" role="status">${this.#status(list)}</p>
      ${
        found.length === 0
          ? html`<p class="hint">${traces.empty}</p>`
          : html`<ul class="traces">
              ${repeat(
                found,
                ({ number }) => number,
                (trace, at) => html`<li>${traceView(trace, at === 0)}</li>`,
              )}
            </ul>`
      }`;
  }

  /** What became of the trace that was begun here. The seconds that are left are not read out. */
  #status({ armed, traces: [newest] }: TraceList): TemplateResult | string {
    const { traces } = adminStrings();
    if (armed !== null) {
      const leftMs = Math.max(0, Date.parse(armed.expires_at) - browserClock.now());
      return html`<span class="spin" aria-hidden="true"></span>
        <span>
          ${traces.waiting(armed.username)}
          <span class="hint" aria-hidden="true">${traces.left(Math.ceil(leftMs / 1000))}</span>
        </span>`;
    }
    if (this.newestBefore === null) return '';
    return (newest?.number ?? 0) > this.newestBefore ? traces.recorded : traces.expired;
  }

  /** One button for both, so that the focus stays on it. */
  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const { value } = this.#list;
    const isArmed = value !== null && value.armed !== null;
    void (isArmed ? this.#cancel() : this.#arm());
  };

  async #arm(): Promise<void> {
    const username = this.username.trim();
    const newest = this.#list.value?.traces[0]?.number ?? 0;
    const armed = await this.app?.act(
      (api) => api.arm(username === '' ? null : username),
      () => null,
      problemOf,
    );
    if (armed !== undefined) this.newestBefore = newest;
    await this.#list.reload();
  }

  async #cancel(): Promise<void> {
    this.newestBefore = null;
    await this.app?.act(
      (api) => api.disarm(),
      () => null,
      problemOf,
    );
    await this.#list.reload();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trace-panel': TracePanel;
  }
}
