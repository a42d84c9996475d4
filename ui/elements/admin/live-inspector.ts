import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { HostList, InspectedHost } from '../../../server/protocol/resources/inspector.ts';
import { adminStrings } from '../../strings/admin-strings.ts';
import { inspectorStyles } from '../../styles/inspector.ts';
import { AdminSection } from './admin-section.ts';
import { numberWords, percentWords } from './admin-words.ts';
import { frameTable } from './frame-table.ts';
import { Loaded } from './loaded.ts';
import { threadCard } from './thread-card.ts';
import './trace-panel.ts';

const AGAIN_MS = 1_000;
/** Hosts beat once a second. */
const HOSTS_AGAIN_MS = 2_000;

/** What the host that answers does now: hosts, the paths of messages, frames and threads, live. */
@customElement('live-inspector')
export class LiveInspector extends AdminSection {
  static override readonly styles = [
    ...AdminSection.styles,
    inspectorStyles,
    css`
      .threads {
        display: grid;
        gap: var(--s4);
        grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr));
      }
    `,
  ];

  readonly #host = new Loaded(
    this,
    () => this.load((api) => api.threads()),
    () => AGAIN_MS,
  );
  readonly #hosts = new Loaded(
    this,
    () => this.load((api) => api.hosts()),
    () => HOSTS_AGAIN_MS,
  );

  override render(): TemplateResult {
    const { inspector } = adminStrings();
    return html`<p class="lead">${inspector.lead}</p>
      ${this.#host.render((host) => this.#ofHost(host))}`;
  }

  #ofHost(host: InspectedHost): TemplateResult {
    const { inspector } = adminStrings();
    const { process_cpu_share: cpu } = host;
    return html`<section class="card">
        <h2>${inspector.thisHost} <bdi class="code">${host.host}</bdi></h2>
        ${cpu === null ? nothing : html`<p class="hint">${inspector.processCpu(percentWords(cpu))}</p>`}
        ${this.#hosts.render((list) => this.#others(list))}
      </section>
      <trace-panel .app=${this.app}></trace-panel>
      ${frameTable(host.frames)}
      <div class="threads">${host.threads.map(threadCard)}</div>`;
  }

  #others({ host, hosts }: HostList): TemplateResult {
    const { inspector, overview } = adminStrings();
    if (hosts.length === 0) return html`<p class="hint">${inspector.alone}</p>`;
    return html`<table>
      <caption class="visually-hidden">
        ${overview.hosts}
      </caption>
      <thead>
        <tr>
          <th scope="col">${inspector.hostName}</th>
          <th scope="col" class="number">${inspector.hostConnections}</th>
          <th scope="col" class="number">${inspector.hostHeard}</th>
        </tr>
      </thead>
      <tbody>
        ${hosts.map(
          ({ name, version, connections, heartbeat_age_ms: age }) =>
            html`<tr>
              <th scope="row">
                <bdi class="code">${name}</bdi>
                ${name === host ? html`<span class="badge strong">${inspector.answers}</span>` : nothing}
                <span class="hint">${version}</span>
              </th>
              <td class="number">${numberWords(connections)}</td>
              <td class="number">${inspector.ago(numberWords(Math.round(age)))}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'live-inspector': LiveInspector;
  }
}
