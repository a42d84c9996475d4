import { html, type TemplateResult } from 'lit';
import type { FrameFigures } from '../../../server/protocol/resources/inspector.ts';
import { adminStrings } from '../../strings/admin-strings.ts';
import { millisecondWords, roundedWords } from './admin-words.ts';

/** What client frames cost in the last minute, by type. */
export const frameTable = (frames: readonly FrameFigures[]): TemplateResult => {
  const { inspector } = adminStrings();
  return html`<section class="card">
    <h2 id="frames">${inspector.frames}</h2>
    <p class="hint">${inspector.framesHint}</p>
    ${
      frames.length === 0
        ? html`<p>${inspector.noFrames}</p>`
        : html`<table aria-labelledby="frames">
            <thead>
              <tr>
                <th scope="col">${inspector.frameType}</th>
                <th scope="col" class="number">${inspector.perSecond}</th>
                <th scope="col" class="number">p50</th>
                <th scope="col" class="number">p99</th>
                <th scope="col" class="number">${inspector.max}</th>
              </tr>
            </thead>
            <tbody>
              ${frames.map(
                (each) =>
                  html`<tr>
                    <th scope="row"><bdi class="code">${each.type}</bdi></th>
                    <td class="number">${roundedWords(each.per_second)}</td>
                    <td class="number">${millisecondWords(each.p50_ms)}</td>
                    <td class="number">${millisecondWords(each.p99_ms)}</td>
                    <td class="number">${millisecondWords(each.max_ms)}</td>
                  </tr>`,
              )}
            </tbody>
          </table>`
    }
  </section>`;
};
