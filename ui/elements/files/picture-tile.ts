import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { AttachmentResource } from '../../../server/protocol/resources/attachment.ts';
import type { OutgoingAttachment } from '../../attachments/outgoing-attachment.ts';
import type { PictureFault } from '../../attachments/received-pictures.ts';
import { shownFileName } from '../../model/text/file-name.ts';
import { fileSize } from '../../model/text/file-size.ts';
import { fileStrings } from '../../strings/file-strings.ts';
import { language } from '../../strings/locale.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { emit } from '../shared/emit.ts';
import { faultIcon, pictureIcon, progressRing, waitIcon } from './file-icons.ts';
import { watchNear } from './near-screen.ts';
import { outgoingPart, outgoingWords } from './outgoing-words.ts';
import { progressStyles } from './progress-styles.ts';

/** A larger picture is loaded only when the user asks for it. */
const LOADED_BY_ITSELF_MAX_BYTES = 8 * 1024 * 1024;

/** A smaller one is not enlarged, in pixels. */
const SMALL_PX = 120;

/** A picture of a message. It fills the box that its parent gives it, whatever is known of it, so that nothing moves when it is there.
 *  It is loaded while it is near the screen. */
@customElement('picture-tile')
export class PictureTile extends LitElement {
  static override readonly shadowRootOptions: ShadowRootInit = { mode: 'open', delegatesFocus: true };
  static override readonly styles = [
    base,
    controls,
    progressStyles,
    css`
      :host {
        display: block;
        position: relative;
        overflow: hidden;
        background: color-mix(in srgb, currentColor 8%, transparent);
      }
      button {
        position: absolute;
        inset: 0;
        display: grid;
        place-content: center;
        justify-items: center;
        gap: 0.25rem;
        padding: 0.25rem;
        font-size: var(--tiny);
        line-height: 1.3;
        text-align: center;
        overflow-wrap: anywhere;
      }
      button[aria-disabled='true'] {
        opacity: 1;
      }
      button:focus-visible {
        outline-offset: -3px;
      }
      button svg {
        opacity: 0.6;
      }
      img {
        position: absolute;
        inset: 0;
        inline-size: 100%;
        block-size: 100%;
        object-fit: cover;
        -webkit-touch-callout: none;
        animation: appear var(--calm) var(--ease);
      }
      img.small {
        object-fit: scale-down;
      }
      @keyframes appear {
        from {
          opacity: 0;
        }
      }
      /* On a picture of any colour. */
      .over {
        position: absolute;
        inset: 0;
        display: grid;
        place-content: center;
        justify-items: center;
        gap: 0.25rem;
        padding: 0.25rem;
        background: rgb(0 0 0 / 0.5);
        color: #fff;
        font-size: var(--tiny);
        font-weight: 600;
      }
      .over.more {
        font-size: var(--title);
        font-weight: 650;
      }
      .over svg {
        opacity: 1;
      }
      .load {
        padding: 0.25rem 0.75rem;
        border: 1px solid currentColor;
        border-radius: 1rem;
        font-weight: 600;
      }
      @media (hover: hover) {
        button:not([aria-disabled='true']):hover img {
          filter: brightness(0.92);
        }
      }
      @media (forced-colors: active) {
        :host {
          border: 1px solid CanvasText;
        }
        .over {
          background: Canvas;
          color: CanvasText;
        }
      }
    `,
  ];

  @property({ attribute: false }) attachment: AttachmentResource | null = null;
  /** The file on its way to the server; null once it is stored there. */
  @property({ attribute: false }) outgoing: OutgoingAttachment | null = null;
  /** Whether the message is not stored yet. */
  @property({ type: Boolean }) pending = false;
  /** How many pictures of the message stand behind this one. */
  @property({ type: Number }) more = 0;
  /** Called when the user chooses the picture. */
  @property({ attribute: false }) open: () => void = () => undefined;
  /** Saves the file of one that cannot be shown. */
  @property({ attribute: false }) save: () => void = () => undefined;
  @state() private url: string | null = null;
  @state() private fault: PictureFault | null = null;
  /** Whether the user has asked for a large one. */
  @state() private isAsked = false;
  #isNear = false;
  /** Ends with the element. */
  #ending = new AbortController();
  /** Ends when the picture is no longer wanted. */
  #wanted: AbortController | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#ending = new AbortController();
    const near = (isNear: boolean): void => {
      this.#isNear = isNear;
      this.#follow();
    };
    watchNear(this, near, this.#ending.signal);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#ending.abort();
    this.#isNear = false;
    this.#follow();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('attachment');
    if (changed.has('attachment') && before?.id !== this.attachment?.id) this.#became(before ?? null);
    if (changed.has('pending') || changed.has('outgoing')) this.#follow();
  }

  override render(): TemplateResult {
    const { attachment, fault } = this;
    if (attachment === null) return html``;
    const words = fileStrings();
    const size = fileSize(attachment.size, language());
    const name = words.photo(shownFileName(attachment.name), size);
    const url = this.outgoing?.picture ?? this.url;
    const isDead = fault === 'gone' || (this.pending && this.outgoing === null);
    return html`<button
      type="button"
      aria-disabled=${isDead ? 'true' : nothing}
      aria-label=${[name, ...this.#further()].join(', ')}
      title=${shownFileName(attachment.name)}
      @click=${this.#chosen}
    >
      ${
        url === null
          ? this.#instead(size)
          : html`<img
              src=${url}
              alt=""
              draggable="false"
              decoding="async"
              @load=${this.#loaded}
              @error=${this.#broken}
            />`
      }${this.#over()}
    </button>`;
  }

  /** What is said of the picture besides its name. */
  #further(): readonly string[] {
    const words = fileStrings();
    const { fault, outgoing } = this;
    const told = outgoing === null ? '' : outgoingWords(outgoing);
    return [
      ...(told === '' ? [] : [told]),
      ...(fault === null ? [] : [faultWords(fault)]),
      ...(this.#isWithheld ? [words.show('').replace(/\s*\(\)/, '')] : []),
      ...(this.more > 0 ? [words.more(this.more)] : []),
    ];
  }

  #instead(size: string): TemplateResult {
    if (this.#isWithheld) return html`${pictureIcon}<span class="load">${fileStrings().show(size)}</span>`;
    if (this.fault === null) return html`${pictureIcon}`;
    return html`${this.fault === 'later' ? waitIcon : faultIcon}<span>${faultWords(this.fault)}</span>`;
  }

  #over(): TemplateResult | typeof nothing {
    const { outgoing } = this;
    if (outgoing !== null && outgoing.state !== 'uploaded')
      return outgoing.state === 'refused'
        ? html`<span class="over">${faultIcon}<span>${outgoingWords(outgoing)}</span></span>`
        : html`<span class="over"
            >${progressRing(outgoingPart(outgoing))}<span>${outgoingWords(outgoing)}</span></span
          >`;
    return this.more > 0 && this.url !== null
      ? html`<span class="over more" aria-hidden="true">+${this.more}</span>`
      : nothing;
  }

  get #isWithheld(): boolean {
    return !this.isAsked && !this.pending && (this.attachment?.size ?? 0) > LOADED_BY_ITSELF_MAX_BYTES;
  }

  /** Another picture. The one that was only just sent looks the same, so it stays until the stored one is there. */
  #became(before: AttachmentResource | null): void {
    this.#wanted?.abort();
    this.#wanted = null;
    this.fault = null;
    this.isAsked = false;
    if (before?.name !== this.attachment?.name || before?.size !== this.attachment?.size) this.url = null;
    this.#follow();
  }

  /** Asks for the picture while it is near the screen, and lets it go afterwards. */
  #follow(): void {
    const { attachment } = this;
    const isWanted = this.#isNear && attachment !== null && !this.pending && !this.#isWithheld;
    if (!isWanted) {
      this.#wanted?.abort();
      this.#wanted = null;
      if (!this.#isNear) this.url = null;
      return;
    }
    if (this.#wanted !== null) return;
    const { signal } = (this.#wanted = new AbortController());
    emit(this, 'use-files', {
      use: ({ pictures }) => {
        pictures.need({
          attachment,
          show: (url) => {
            this.url = url;
            this.fault = null;
          },
          failed: (fault) => {
            this.fault = fault;
          },
          signal,
        });
      },
      missing: () => {
        this.fault = 'later';
        this.#wanted = null;
      },
    });
  }

  readonly #chosen = (): void => {
    if (this.pending || this.fault === 'gone') return;
    if (this.#isWithheld) {
      this.isAsked = true;
      this.#follow();
    } else if (this.fault === 'later') {
      this.#follow();
      emit(this, 'use-files', {
        use: ({ pictures }) => {
          pictures.again();
        },
        missing: () => undefined,
      });
    } else if (this.fault === 'unshowable') this.save();
    else this.open();
  };

  readonly #loaded = ({ target }: Event): void => {
    const { classList, naturalWidth, naturalHeight } = target as HTMLImageElement;
    classList.toggle('small', Math.max(naturalWidth, naturalHeight) < SMALL_PX);
  };

  /** Its header was good, but the rest is not. */
  readonly #broken = (): void => {
    if (this.outgoing?.picture) return;
    this.url = null;
    this.fault = 'unshowable';
  };
}

const faultWords = (fault: PictureFault): string => {
  const { gone, unshowable, later } = fileStrings();
  return { gone, unshowable, later }[fault];
};

declare global {
  interface HTMLElementTagNameMap {
    'picture-tile': PictureTile;
  }
}
