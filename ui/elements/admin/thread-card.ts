import { html, nothing, type TemplateResult } from 'lit';
import type { ThreadState } from '../../../server/protocol/resources/inspector.ts';
import { adminStrings } from '../../strings/admin-strings.ts';
import { millisecondWords, numberWords, percentWords, roundedWords } from './admin-words.ts';
import { facts, type Fact } from './facts.ts';

type Spread = ThreadState['mailbox_depth'];

/** Two figures that are not broken within. */
const pair = (first: string, second: string): TemplateResult =>
  html`<span class="pair"><span>${first}</span> <span>${second}</span></span>`;

const spreadOf = ({ p99, max }: Spread, words: (value: number) => string): TemplateResult =>
  pair(`p99 ${words(p99)}`, `max ${words(max)}`);

/** A thread: how busy it is, and what waits for it. */
export const threadCard = (thread: ThreadState): TemplateResult => {
  const { inspector } = adminStrings();
  const { commits, cpu_share: cpu, busy_share: busy } = thread;
  const types = Object.entries(thread.actors_by_type).filter(([, count]) => count > 0);
  const lines: readonly Fact[] = [
    ...(cpu === null ? [] : [[inspector.cpu, percentWords(cpu)] as const]),
    ...(busy === null ? [] : [[inspector.busy, percentWords(busy)] as const]),
    [inspector.lag, spreadOf(thread.loop_delay_ms, millisecondWords)],
    [inspector.waiting, numberWords(thread.mailbox_waiting)],
    [inspector.depth, spreadOf(thread.mailbox_depth, numberWords)],
    [inspector.asks, numberWords(thread.asks)],
    [inspector.restarts, numberWords(thread.restarts)],
    ...(commits === null
      ? []
      : ([
          [inspector.writes, roundedWords(commits.writes_per_second)],
          [
            inspector.commits,
            pair(`p50 ${millisecondWords(commits.p50_ms)}`, `p99 ${millisecondWords(commits.p99_ms)}`),
          ],
        ] as const)),
    [inspector.actors, numberWords(thread.actors)],
  ];
  return html`<section class="card">
    <h2 class="code"><bdi>${thread.name}</bdi></h2>
    ${facts(lines)}
    ${
      types.length === 0
        ? nothing
        : html`<ul class="types" aria-label=${inspector.actorsByType}>
            ${types.map(([type, count]) => html`<li><bdi class="code">${type}</bdi> ${numberWords(count)}</li>`)}
          </ul>`
    }
  </section>`;
};
