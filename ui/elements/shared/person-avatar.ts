import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { base } from '../../styles/base.ts';
import { emit } from './emit.ts';

const TONES = 8;

/** A number derived from the id, so that a deleted account keeps its colour. */
const toneOf = (id: string): number => {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum % TONES;
};

/** A user as a picture, with a dot if they are online. Without a picture, and until it is there, a coloured letter takes its place.
 *  Decorative: name and status are given as text beside it. */
@customElement('person-avatar')
export class PersonAvatar extends LitElement {
  static override readonly styles = [
    base,
    css`
      :host {
        position: relative;
        display: inline-grid;
        place-items: center;
        flex: none;
        inline-size: 2.5rem;
        block-size: 2.5rem;
        border-radius: 50%;
        font-weight: 600;
        font-size: 1.0625rem;
        user-select: none;
        background: light-dark(#dcdfdd, #33393b);
        color: light-dark(#414a47, #c5cdcb);
      }
      :host([data-tone='0']) {
        background: light-dark(#cfe6e4, #1e4a4a);
        color: light-dark(#0c4d50, #a5e0dc);
      }
      :host([data-tone='1']) {
        background: light-dark(#dbe3f5, #27375a);
        color: light-dark(#274279, #b9cbf5);
      }
      :host([data-tone='2']) {
        background: light-dark(#ecdff2, #43304f);
        color: light-dark(#5f3676, #dcbfec);
      }
      :host([data-tone='3']) {
        background: light-dark(#f7dfe0, #522d31);
        color: light-dark(#7c2a33, #f2bcc0);
      }
      :host([data-tone='4']) {
        background: light-dark(#f8e4cf, #4d371f);
        color: light-dark(#6f430d, #f0cfa3);
      }
      :host([data-tone='5']) {
        background: light-dark(#efe9c6, #433d1b);
        color: light-dark(#57500c, #e2d993);
      }
      :host([data-tone='6']) {
        background: light-dark(#dbebd0, #2d4424);
        color: light-dark(#345216, #bfdfab);
      }
      :host([data-tone='7']) {
        background: light-dark(#d5e8f2, #1f4254);
        color: light-dark(#154c66, #abd8ee);
      }
      img {
        position: absolute;
        inset: 0;
        inline-size: 100%;
        block-size: 100%;
        border-radius: 50%;
        object-fit: cover;
      }
      .dot {
        position: absolute;
        inset-block-end: 0;
        inset-inline-end: 0;
        inline-size: 0.75rem;
        block-size: 0.75rem;
        border-radius: 50%;
        background: var(--good);
        border: 2px solid var(--behind, var(--pane));
      }
      @media (forced-colors: active) {
        :host {
          border: 1px solid CanvasText;
        }
        .dot {
          background: Highlight;
        }
      }
    `,
  ];

  @property() person = '';
  @property() name = '';
  @property({ type: Boolean }) gone = false;
  @property({ type: Boolean }) online = false;
  /** The version of the picture; null if there is none. */
  @property({ attribute: false }) picture: string | null = null;
  /** The address of the picture that is shown. It may be of an older version until the new one is there. */
  @state() private shown: string | null = null;
  /** Aborts when the picture is no longer wanted. */
  #wanted = new AbortController();

  override willUpdate(changed: PropertyValues<this>): void {
    if (this.gone) delete this.dataset['tone'];
    else this.dataset['tone'] = String(toneOf(this.person));
    if (changed.has('person')) this.shown = null;
    if (changed.has('person') || changed.has('picture')) this.#ask();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#ask();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#wanted.abort();
  }

  #ask(): void {
    const { person, picture } = this;
    this.#wanted.abort();
    if (picture === null) {
      this.shown = null;
      return;
    }
    this.#wanted = new AbortController();
    const show = (url: string): void => {
      this.shown = url;
    };
    emit(this, 'need-picture', { userId: person, version: picture, show, signal: this.#wanted.signal });
  }

  readonly #broken = (): void => {
    this.shown = null;
  };

  override render(): TemplateResult {
    const letter = this.gone ? '–' : ([...this.name][0] ?? '').toLocaleUpperCase();
    return html`<span aria-hidden="true">${letter}</span
      >${this.shown === null ? nothing : html`<img src=${this.shown} alt="" draggable="false" @error=${this.#broken} />`}${
        this.online ? html`<span class="dot"></span>` : nothing
      }`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'person-avatar': PersonAvatar;
  }
}
