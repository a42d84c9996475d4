import { html, nothing, type TemplateResult } from 'lit';
import type { MessageTrace } from '../../../server/protocol/resources/inspector.ts';
import { adminStrings } from '../../strings/admin-strings.ts';
import { microsecondWords, numberWords, timeWords } from './admin-words.ts';

const BADGES: Readonly<Record<MessageTrace['outcome'], string>> = {
  underway: '',
  sent: 'strong',
  repeated: 'strong',
  failed: 'bad',
  unanswered: 'warn',
};

/** The path of one message: a summary that opens, and a table of its stations, each with a bar for the time that it took. */
export const traceView = (trace: MessageTrace, isOpen: boolean): TemplateResult => {
  const { traces } = adminStrings();
  const { sender, outcome, total_us: total } = trace;
  return html`<details ?open=${isOpen}>
    <summary>
      <span class="badge ${BADGES[outcome]}">${traces.outcomes[outcome]}</span>
      <span class="who"><bdi>${sender.username ?? sender.id}</bdi></span>
      <span class="hint">${timeWords(trace.received_at)}</span>
      ${total === null ? nothing : html`<b class="total">${microsecondWords(total)}</b>`}
    </summary>
    <p class="code" title=${traces.messageId}>${trace.message_id}</p>
    ${failure(trace)} ${path(trace)} ${after(trace)}
  </details>`;
};

const failure = ({ failure: found }: MessageTrace): TemplateResult | typeof nothing => {
  const { traces } = adminStrings();
  if (found === null) return nothing;
  return html`<p class="fault">
    ${traces.failed(traces.places[found.place])} <span class="code">${found.code}</span>
  </p>`;
};

const path = ({ hops, number }: MessageTrace): TemplateResult => {
  const { traces } = adminStrings();
  const whole = Math.max(1, hops.at(-1)?.at_us ?? 1);
  const share = (us: number): string => `${String((100 * us) / whole)}%`;
  return html`<table class="path">
    <caption class="visually-hidden">
      ${traces.caption(number)}
    </caption>
    <thead>
      <tr>
        <th scope="col">${traces.hop}</th>
        <th scope="col">${traces.thread}</th>
        <th scope="col" class="number">${traces.took}</th>
        <th scope="col" class="number">${traces.at}</th>
      </tr>
    </thead>
    <tbody>
      ${hops.map(({ hop, thread, took_us: took, at_us: at }) => {
        const bar = `margin-inline-start: ${share(at - took)}; inline-size: ${share(took)}`;
        return html`<tr>
          <th scope="row">
            ${traces.hops[hop]}
            <span class="track" aria-hidden="true"><span class="fill ${thread}" .style=${bar}></span></span>
          </th>
          <td><bdi class="code">${thread}</bdi></td>
          <td class="number">${hop === 'received' ? '–' : microsecondWords(took)}</td>
          <td class="number">${microsecondWords(at)}</td>
        </tr>`;
      })}
    </tbody>
  </table>`;
};

/** What became of it beside its answer. */
const after = ({
  recipient,
  notice_sent: noticed,
  batch_writes: batch,
  is_done: isDone,
}: MessageTrace): TemplateResult => {
  const { traces } = adminStrings();
  const { sockets, written_us: written, delivered_us: delivered } = recipient;
  const lines = [
    ...(batch === null ? [] : [traces.batch(batch)]),
    traces.sockets(sockets),
    ...written.map((us, n) => traces.written(numberWords(n + 1), microsecondWords(us))),
    ...(delivered === null
      ? sockets === 0 || !isDone
        ? []
        : [traces.noReceipt]
      : [traces.delivered(microsecondWords(delivered))]),
    ...(noticed ? [traces.noticed] : []),
  ];
  return html`<ul class="after">
    ${lines.map((line) => html`<li>${line}</li>`)}
  </ul>`;
};
