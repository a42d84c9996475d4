import { html, type TemplateResult } from 'lit';

export type Fact = readonly [name: string, value: string | TemplateResult];

/** Names and what they stand for. `size`: `big` for figures that matter most. */
export const facts = (each: readonly Fact[], size: 'big' | '' = ''): TemplateResult =>
  html`<dl class="facts ${size}">
    ${each.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
