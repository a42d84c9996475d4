import { html, nothing, type TemplateResult } from 'lit';

interface FormField {
  readonly id: string;
  readonly label: string;
  readonly type?: 'text' | 'password';
  readonly autocomplete: 'username' | 'current-password' | 'new-password' | 'off';
  readonly value: string;
  readonly hint?: string;
  /** What is wrong with what was entered, and what to do; empty while nothing is. */
  readonly fault: string;
  readonly typed: (value: string) => void;
  /** Beside the label, and below everything. */
  readonly beside?: TemplateResult;
  readonly below?: TemplateResult;
}

/** A labelled field; its hint and its fault stand below it, and a screen reader reads them with it. */
export const formField = (field: FormField): TemplateResult => {
  const { id, hint, fault } = field;
  const described = [
    ...(hint === undefined ? [] : [`${id}-hint`]),
    ...(fault === '' ? [] : [`${id}-fault`]),
  ].join(' ');
  return html`<div class="field">
    <div class="field-head"><label for=${id}>${field.label}</label>${field.beside ?? nothing}</div>
    <input
      id=${id}
      name=${id}
      type=${field.type ?? 'text'}
      autocomplete=${field.autocomplete}
      autocapitalize="none"
      spellcheck="false"
      dir="auto"
      required
      aria-invalid=${fault === '' ? 'false' : 'true'}
      aria-describedby=${described === '' ? nothing : described}
      .value=${field.value}
      @input=${(event: InputEvent) => {
        field.typed((event.target as HTMLInputElement).value);
      }}
    />
    ${hint === undefined ? nothing : html`<p class="hint" id="${id}-hint">${hint}</p>`}
    <p class="fault" id="${id}-fault" role="alert" ?hidden=${fault === ''}>${fault}</p>
    ${field.below ?? nothing}
  </div>`;
};
