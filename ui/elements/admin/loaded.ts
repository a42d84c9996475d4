import { html, type LitElement, type ReactiveController, type TemplateResult } from 'lit';
import { browserClock, type Timer } from '../../net/clock.ts';
import { problemCode, type ProblemCode } from '../../net/problem.ts';
import { strings } from '../../strings/strings.ts';
import { adminProblem } from './admin-words.ts';

/** What an element of the admin page loads when it is shown. The last answer stays while it is loaded again. */
export class Loaded<T> implements ReactiveController {
  value: T | null = null;
  problem: ProblemCode | null = null;
  readonly #host: LitElement;
  readonly #load: () => Promise<T>;
  readonly #againMs: (value: T | null) => number | null;
  /** Counts the attempts: an older answer does not replace a newer one. */
  #attempt = 0;
  #timer: Timer | null = null;

  /** `againMs`: after how long this is loaded again by itself; null: it is not. Asked after each attempt, one that failed too, with what
   *  was loaded last. */
  constructor(
    host: LitElement,
    load: () => Promise<T>,
    againMs: (value: T | null) => number | null = () => null,
  ) {
    this.#host = host;
    this.#load = load;
    this.#againMs = againMs;
    host.addController(this);
  }

  hostConnected(): void {
    void this.reload();
  }

  hostDisconnected(): void {
    this.#attempt += 1;
    this.#timer?.cancel();
  }

  readonly reload = async (): Promise<void> => {
    const attempt = ++this.#attempt;
    const settle = (value: T | null, problem: ProblemCode | null): void => {
      if (attempt !== this.#attempt) return;
      this.value = value ?? this.value;
      this.problem = problem;
      this.#host.requestUpdate();
      this.#again();
    };
    try {
      settle(await this.#load(), null);
    } catch (error) {
      settle(null, problemCode(error));
    }
  };

  #again(): void {
    this.#timer?.cancel();
    const ms = this.#againMs(this.value);
    if (ms === null) return;
    this.#timer = browserClock.after(ms, () => {
      // A window that nobody sees asks nothing.
      if (document.visibilityState === 'visible') void this.reload();
      else this.#again();
    });
  }

  /** Replaces what was loaded, by more of it for example. */
  set(value: T): void {
    this.#attempt += 1;
    this.value = value;
    this.#host.requestUpdate();
  }

  /** What was loaded, with why it could not be loaded again; before that a sign that it is being loaded. */
  render(show: (value: T) => TemplateResult): TemplateResult {
    const { loading, retry } = strings();
    const { problem, value } = this;
    const fault =
      problem === null
        ? ''
        : html`<div class="card" role="alert">
            <p class="fault">${adminProblem(problem)}</p>
            <div><button class="button" type="button" @click=${this.reload}>${retry}</button></div>
          </div>`;
    if (value !== null) return html`${fault}${show(value)}`;
    if (problem !== null) return html`${fault}`;
    return html`<div class="wait" role="status">
      <span class="spin"></span><span class="visually-hidden">${loading}</span>
    </div>`;
  }
}
