import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { settingsStrings } from '../../strings/settings-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { dialogs } from '../../styles/dialogs.ts';
import { fields } from '../../styles/fields.ts';
import { closeIcon } from '../shared/more-icons.ts';
import { Layer } from '../shared/layer.ts';
import { touch } from '../shared/window-focus.ts';
import { moved, wholeFrame, ZOOM_MAX, zoomedTo, zoomOf, type CropFrame } from './crop-frame.ts';
import { drawFrame, encodeFrame } from './encode-picture.ts';

/** How far an arrow key moves the picture, as a part of the frame. */
const STEP = 0.05;
const ZOOM_STEP = 1.1;
/** A pointer that moved less than this many pixels was a tap. */
const TAP_PX = 6;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Chooses the square of a picture that is shown: by dragging, pinching and the wheel, by a tap on what is to be in the middle, or with
 *  the keyboard. */
@customElement('crop-dialog')
export class CropDialog extends LitElement {
  static override readonly styles = [
    base,
    controls,
    fields,
    dialogs,
    css`
      dialog {
        inline-size: min(24rem, calc(100vw - 1.5rem));
        max-block-size: calc(100dvh - 1.5rem);
      }
      .inside {
        display: grid;
        gap: var(--s3);
        justify-items: center;
      }
      .frame {
        position: relative;
        inline-size: min(18rem, 100%, 100dvh - 18rem);
        min-inline-size: 8rem;
        aspect-ratio: 1;
        border-radius: var(--round);
        overflow: hidden;
        cursor: grab;
        touch-action: none;
        user-select: none;
      }
      .frame:active {
        cursor: grabbing;
      }
      canvas {
        display: block;
        inline-size: 100%;
        block-size: 100%;
      }
      /* The round part is what others see. */
      .frame::after {
        content: '';
        position: absolute;
        inset: 0;
        border-radius: 50%;
        box-shadow: 0 0 0 12rem rgb(20 28 26 / 0.55);
        outline: 2px solid #fff;
        outline-offset: -2px;
        pointer-events: none;
      }
      .zoom {
        display: flex;
        align-items: center;
        gap: var(--s3);
        inline-size: min(18rem, 100%);
        min-block-size: var(--target);
      }
      .zoom input:not([type='checkbox'], [type='radio']) {
        flex: 1;
        min-inline-size: 0;
        padding: 0;
        border: 0;
        background: none;
        accent-color: var(--fill);
      }
      .hint {
        text-align: center;
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: var(--s2);
        padding: var(--s3) var(--s4);
        border-block-start: 1px solid var(--line);
      }
    `,
  ];

  @property({ attribute: false }) picture: ImageBitmap | null = null;
  /** Called with the chosen part, or with null if it can't be made small enough. */
  @property({ attribute: false }) use: (picture: Blob | null) => void = () => undefined;
  /** Called when the dialog is closed without a choice. */
  @property({ attribute: false }) leave: () => void = () => undefined;
  @state() private frame: CropFrame = { x: 0, y: 0, side: 1 };
  @state() private busy = false;
  @query('dialog') private readonly dialog!: HTMLDialogElement;
  @query('canvas') private readonly canvas!: HTMLCanvasElement;
  @query('.frame') private readonly area!: HTMLElement;
  readonly #pointers = new Map<number, Point>();
  #dragged = 0;
  readonly #layer = new Layer(this, () => {
    this.dialog.close();
  });

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('picture') && this.picture !== null) this.frame = wholeFrame(this.picture);
  }

  override firstUpdated(): void {
    this.dialog.showModal();
    this.area.focus();
    this.#layer.opened();
  }

  override updated(): void {
    if (this.picture === null) return;
    const side = Math.round(this.area.clientWidth * Math.max(1, devicePixelRatio));
    if (this.canvas.width !== side) this.canvas.width = this.canvas.height = side;
    drawFrame(this.canvas, this.picture, this.frame);
  }

  override render(): TemplateResult {
    const { profile } = settingsStrings();
    const { close } = strings();
    return html`<dialog aria-labelledby="title" @close=${this.#closed}>
      <div class="bar">
        <h2 id="title">${profile.crop}</h2>
        <button class="icon" type="button" aria-label=${close} @click=${this.#close}>${closeIcon}</button>
      </div>
      <div class="inside">
        <div
          class="frame"
          tabindex="0"
          role="group"
          aria-label=${profile.crop}
          aria-describedby="hint"
          @keydown=${this.#key}
          @pointerdown=${this.#down}
          @pointermove=${this.#move}
          @pointerup=${this.#up}
          @pointercancel=${this.#up}
          @wheel=${this.#wheel}
        >
          <canvas aria-hidden="true"></canvas>
        </div>
        ${this.#slider(profile.zoom)}
        <p class="hint" id="hint">${touch() ? profile.cropHintTouch : profile.cropHint}</p>
      </div>
      <div class="acts">
        <button class="button" type="button" @click=${this.#close}>${profile.cancel}</button>
        <button
          class="button main"
          type="button"
          aria-disabled=${this.busy ? 'true' : 'false'}
          @click=${this.#choose}
        >
          ${profile.use}
        </button>
      </div>
    </dialog>`;
  }

  #slider(label: string): TemplateResult {
    const zoom = this.picture === null ? 1 : zoomOf(this.frame, this.picture);
    return html`<label class="zoom"
      ><span>${label}</span
      ><input
        type="range"
        min="1"
        max=${ZOOM_MAX}
        step="0.01"
        .value=${String(zoom)}
        @input=${(event: InputEvent) => {
          this.#zoomTo(Number((event.target as HTMLInputElement).value));
        }}
    /></label>`;
  }

  readonly #key = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, Point>> = {
      ArrowLeft: { x: -STEP, y: 0 },
      ArrowRight: { x: STEP, y: 0 },
      ArrowUp: { x: 0, y: -STEP },
      ArrowDown: { x: 0, y: STEP },
    };
    const step = steps[event.key];
    const zoom = { '+': ZOOM_STEP, '=': ZOOM_STEP, '-': 1 / ZOOM_STEP }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (step !== undefined) this.#shift(step);
    else if (zoom !== undefined) this.#zoomBy(zoom);
    else return;
    event.preventDefault();
  };

  readonly #down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    this.area.setPointerCapture(event.pointerId);
    if (this.#pointers.size === 0) this.#dragged = 0;
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  };

  readonly #move = (event: PointerEvent): void => {
    const before = this.#pointers.get(event.pointerId);
    if (before === undefined) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, now);
    this.#dragged += Math.hypot(now.x - before.x, now.y - before.y);
    const width = this.area.clientWidth;
    // With two fingers, each of them moves the middle between them by half.
    const share = (other === undefined ? 1 : 0.5) / width;
    this.#shift({ x: (before.x - now.x) * share, y: (before.y - now.y) * share });
    if (other === undefined) return;
    const spread = (point: Point): number => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
    this.#zoomBy(
      spread(now) / spread(before),
      this.#partOf({ x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 }),
    );
  };

  readonly #up = (event: PointerEvent): void => {
    if (!this.#pointers.delete(event.pointerId) || event.type !== 'pointerup') return;
    // Without dragging: what was tapped comes into the middle.
    if (this.#pointers.size === 0 && this.#dragged < TAP_PX)
      this.#shift(this.#partOf({ x: event.clientX, y: event.clientY }));
  };

  readonly #wheel = (event: WheelEvent): void => {
    event.preventDefault();
    this.#zoomBy(Math.exp(-event.deltaY / 400), this.#partOf({ x: event.clientX, y: event.clientY }));
  };

  /** A point of the window, as a part of the frame from its middle. */
  #partOf({ x, y }: Point): Point {
    const { left, top, width } = this.area.getBoundingClientRect();
    return { x: (x - left) / width - 0.5, y: (y - top) / width - 0.5 };
  }

  #shift(by: Point): void {
    if (this.picture !== null) this.frame = moved(this.frame, by, this.picture);
  }

  #zoomBy(factor: number, at?: Point): void {
    if (this.picture !== null) this.#zoomTo(zoomOf(this.frame, this.picture) * factor, at);
  }

  #zoomTo(zoom: number, at?: Point): void {
    if (this.picture !== null) this.frame = zoomedTo(this.frame, zoom, this.picture, at);
  }

  readonly #choose = async (): Promise<void> => {
    if (this.picture === null || this.busy) return;
    this.busy = true;
    const chosen = await encodeFrame(this.picture, this.frame);
    // It may have been closed meanwhile.
    if (!this.dialog.open) return;
    this.use(chosen);
    this.dialog.close();
  };

  readonly #close = (): void => {
    this.dialog.close();
  };

  readonly #closed = (): void => {
    this.#layer.closed();
    this.leave();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'crop-dialog': CropDialog;
  }
}
