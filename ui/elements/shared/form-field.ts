import { html, nothing, type TemplateResult } from 'lit';

interface FormField {
  readonly id: string;
  readonly label: string;
  readonly type?: 'text' | 'password';
  readonly autocomplete: 'username' | 'current-password' | 'new-password' | 'off';
  /** Whether the field may stay empty. */
  readonly optional?: boolean;
  readonly value: string;
  readonly hint?: string;
  /** What is wrong with the input and what to do about it; empty if nothing is. */
  readonly fault: string;
  readonly typed: (value: string) => void;
  /** Optional content beside the label, and below the field. */
  readonly beside?: TemplateResult;
  readonly below?: TemplateResult;
}

/** A labelled field. Its hint and its fault stand below it, and screen readers announce them with it. */
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
      ?required=${field.optional !== true}
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
