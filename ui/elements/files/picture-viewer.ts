import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { AttachmentResource } from '../../../server/protocol/resources/attachment.ts';
import type { ReceivedFiles } from '../../attachments/received-files.ts';
import type { PictureFault } from '../../attachments/received-pictures.ts';
import { isPicture } from '../../model/text/attachment-words.ts';
import { dayName, clockTime } from '../../model/text/dates.ts';
import { nameParts, shownFileName } from '../../model/text/file-name.ts';
import { fileSize } from '../../model/text/file-size.ts';
import { fileStrings } from '../../strings/file-strings.ts';
import { language } from '../../strings/locale.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { browserClock } from '../../net/clock.ts';
import type { Emitted } from '../shared/emit.ts';
import { closeIcon } from '../shared/more-icons.ts';
import { enlargeIcon, nextIcon, previousIcon, progressRing, reduceIcon, saveIcon } from './file-icons.ts';
import { saveFaultWords } from './save-words.ts';
import { SwipeSideways } from './swipe-sideways.ts';
import { viewerStyles } from './viewer-styles.ts';

/** The pictures of a message above everything else, one at a time. Modal: the browser keeps the focus inside and returns it afterwards.
 *  Whatever the theme, it is dark, as pictures are seen best. */
@customElement('picture-viewer')
export class PictureViewer extends LitElement {
  static override readonly styles = [base, controls, viewerStyles];

  @property({ attribute: false }) files: ReceivedFiles | null = null;
  @property({ attribute: false }) shown: Emitted['show-pictures'] | null = null;
  /** Called when it has closed, for whatever reason. */
  @property({ attribute: false }) gone: () => void = () => undefined;
  @state() private at = 0;
  @state() private url: string | null = null;
  @state() private fault: PictureFault | null = null;
  /** Whether the picture is shown in its own size instead of that of the window. */
  @state() private isActual = false;
  @query('dialog') private readonly dialog!: HTMLDialogElement;
  @query('.stage') private readonly stage!: HTMLElement;
  #wanted = new AbortController();
  readonly #ending = new AbortController();

  get #pictures(): readonly AttachmentResource[] {
    return this.shown?.message.attachments.filter(isPicture) ?? [];
  }

  get #picture(): AttachmentResource | null {
    return this.#pictures[this.at] ?? null;
  }

  override firstUpdated(): void {
    this.dialog.showModal();
    new SwipeSideways(this.stage, (to) => {
      // A picture in its own size is moved by the finger.
      if (!this.isActual) this.#go(to === 'start' ? 1 : -1);
    });
    this.stage.addEventListener('click', this.#clickedBeside);
    this.files?.saves.watch((id) => {
      if (id === this.#picture?.id) this.requestUpdate();
    }, this.#ending.signal);
    const first = this.#pictures.findIndex(({ id }) => id === this.shown?.id);
    this.#show(Math.max(0, first));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#wanted.abort();
    this.#ending.abort();
    this.gone();
  }

  close(): void {
    this.dialog.close();
  }

  override render(): TemplateResult {
    const { viewer } = fileStrings();
    const picture = this.#picture;
    return html`<dialog
      aria-label=${viewer.title}
      @close=${() => {
        this.remove();
      }}
      @keydown=${this.#key}
    >
      ${picture === null ? nothing : this.#bar(picture)}
      <div class=${this.isActual ? 'stage actual' : 'stage'}>
        ${picture === null ? nothing : this.#content(picture)}
      </div>
      ${this.#pictures.length > 1 ? this.#steps() : nothing}
    </dialog>`;
  }

  #bar({ id: _id, ...picture }: AttachmentResource): TemplateResult {
    const { viewer, save } = fileStrings();
    const { close } = strings();
    const [head, tail] = nameParts(picture.name);
    return html`<div class="bar">
      <div class="what">
        <bdi class="name" dir="auto" title=${shownFileName(picture.name)}
          ><span class="head">${head}</span><span class="tail">${tail}</span></bdi
        >
        <p class="about">${this.#about()}</p>
      </div>
      ${
        this.url === null
          ? nothing
          : this.#button(
              this.isActual ? viewer.whole : viewer.actual,
              this.isActual ? reduceIcon : enlargeIcon,
              this.#zoom,
            )
      }
      ${this.#button(save, this.#saveSign(picture.size), this.#save)}
      ${this.#button(close, closeIcon, () => {
        this.close();
      })}
    </div>`;
  }

  #button(label: string, icon: TemplateResult, run: () => void): TemplateResult {
    return html`<button class="icon" type="button" aria-label=${label} title=${label} @click=${run}>
      ${icon}
    </button>`;
  }

  /** Who sent it and when, or how its saving goes. */
  #about(): unknown {
    const { viewer } = fileStrings();
    const { shown } = this;
    const state = this.files?.saves.stateOf(this.#picture?.id ?? '');
    if (state?.is === 'failed') return html`<span role="alert">${saveFaultWords(state.code)}</span>`;
    const at = shown?.message.sentAt ?? '';
    const time = `${dayName(at, browserClock.now(), language())} ${clockTime(at, language())}`;
    return viewer.from(shown?.sender ?? '', time);
  }

  #saveSign(size: number): TemplateResult {
    const state = this.files?.saves.stateOf(this.#picture?.id ?? '');
    if (state?.is === 'waiting') return progressRing(null);
    return state?.is === 'loading' ? progressRing(size > 0 ? state.received / size : null) : saveIcon;
  }

  #content(picture: AttachmentResource): TemplateResult {
    const { photo, viewer, gone, unshowable, later } = fileStrings();
    const { url, fault } = this;
    if (fault !== null) return html`<p class="say" role="status">${{ gone, unshowable, later }[fault]}</p>`;
    if (url === null)
      return html`<div class="say" role="status" aria-label=${viewer.loading}>${progressRing(null)}</div>`;
    return html`<img
      src=${url}
      alt=${photo(shownFileName(picture.name), fileSize(picture.size, language()))}
      draggable="false"
      @error=${() => {
        this.url = null;
        this.fault = 'unshowable';
      }}
      @dblclick=${this.#zoom}
    />`;
  }

  #steps(): TemplateResult {
    const { viewer } = fileStrings();
    const { length } = this.#pictures;
    const step = (by: 1 | -1, label: string, icon: TemplateResult): TemplateResult =>
      html`<button
        class=${by < 0 ? 'icon step previous' : 'icon step next'}
        type="button"
        aria-label=${label}
        title=${label}
        aria-disabled=${this.#pictures[this.at + by] === undefined ? 'true' : 'false'}
        @click=${() => {
          this.#go(by);
        }}
      >
        ${icon}
      </button>`;
    return html`${step(-1, viewer.previous, previousIcon)}${step(1, viewer.next, nextIcon)}
      <p class="count" role="status">${viewer.at(this.at + 1, length)}</p>`;
  }

  #go(by: 1 | -1): void {
    if (this.#pictures[this.at + by] !== undefined) this.#show(this.at + by);
  }

  #show(at: number): void {
    this.at = at;
    this.url = null;
    this.fault = null;
    this.isActual = false;
    this.#wanted.abort();
    const { signal } = (this.#wanted = new AbortController());
    const attachment = this.#picture;
    if (attachment === null) return;
    this.files?.pictures.need({
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
  }

  readonly #zoom = (): void => {
    this.isActual = !this.isActual;
    void this.updateComplete.then(() => {
      const { stage } = this;
      stage.scrollTo(
        (stage.scrollWidth - stage.clientWidth) / 2,
        (stage.scrollHeight - stage.clientHeight) / 2,
      );
    });
  };

  readonly #save = (): void => {
    const picture = this.#picture;
    const saves = this.files?.saves;
    if (picture === null || saves === undefined) return;
    const { is } = saves.stateOf(picture.id);
    if (is === 'waiting' || is === 'loading') saves.cancel(picture.id);
    else saves.start(picture);
  };

  readonly #clickedBeside = (event: Event): void => {
    if (event.target === this.stage && !this.isActual) this.close();
  };

  readonly #key = (event: KeyboardEvent): void => {
    // Shortcuts of the page must not work behind it.
    event.stopPropagation();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const ahead = this.dialog.matches(':dir(rtl)') ? -1 : 1;
    const { length } = this.#pictures;
    // The arrows move a picture that is larger than the window.
    const isMoving = this.isActual && event.key.startsWith('Arrow');
    if (isMoving) this.stage.scrollBy(...(MOVES[event.key] ?? [0, 0]));
    else if (event.key === 'ArrowRight') this.#go(ahead);
    else if (event.key === 'ArrowLeft') this.#go(ahead === 1 ? -1 : 1);
    else if (event.key === 'Home') this.#show(0);
    else if (event.key === 'End') this.#show(length - 1);
    else if (event.key === '+' || event.key === '-') this.#zoomTo(event.key === '+');
    else return;
    event.preventDefault();
  };

  #zoomTo(isActual: boolean): void {
    if (this.url !== null && isActual !== this.isActual) this.#zoom();
  }
}

const STEP_PX = 80;
const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowRight: [STEP_PX, 0],
  ArrowLeft: [-STEP_PX, 0],
  ArrowDown: [0, STEP_PX],
  ArrowUp: [0, -STEP_PX],
};

/** Shows the pictures of a message. `openLayer`: lets the back button close it, see `Navigation.openLayer`. */
export const openViewer = (
  files: ReceivedFiles,
  shown: Emitted['show-pictures'],
  openLayer: (close: () => void) => () => void,
): void => {
  if (document.querySelector('picture-viewer') !== null) return;
  const viewer = document.createElement('picture-viewer');
  viewer.files = files;
  viewer.shown = shown;
  const closed = openLayer(() => {
    viewer.close();
  });
  viewer.gone = closed;
  document.body.append(viewer);
};

declare global {
  interface HTMLElementTagNameMap {
    'picture-viewer': PictureViewer;
  }
}
