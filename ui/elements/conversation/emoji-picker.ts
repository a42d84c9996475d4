import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { EmojiHabitBook } from '../../account/emoji-habits.ts';
import { isEmoji } from '../../model/text/emoji.ts';
import {
  EMOJI_GROUPS,
  namedEmoji,
  searchEmoji,
  SKIN_TONES,
  withTone,
  type EmojiEntry,
  type EmojiTable,
  type SkinTone,
} from '../../model/text/emoji-table.ts';
import { siteStorage } from '../../platform/site-storage.ts';
import { panelStrings } from '../../strings/panel-strings.ts';
import { strings } from '../../strings/strings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { emojiPickerStyles } from '../../styles/emoji-picker.ts';
import { fields } from '../../styles/fields.ts';
import { touch } from '../shared/window-focus.ts';
import { isComposing } from '../shared/writing-keys.ts';
import { gridMove } from './emoji-keys.ts';
import { EMOJI_SIGNS, type EmojiSection } from './emoji-signs.ts';
import { loadEmoji } from './load-emoji.ts';

/** All emoji by group, those used last, and a field that finds one by its name or takes any other. */
@customElement('emoji-picker')
export class EmojiPicker extends LitElement {
  static override readonly styles = [base, controls, fields, emojiPickerStyles];

  /** The emoji that the user has chosen, or null. */
  @property({ attribute: false }) chosen: string | null = null;
  @property({ attribute: false }) choose: (emoji: string) => void = () => undefined;
  @state() private table: EmojiTable | null = null;
  @state() private hasFailed = false;
  @state() private asked = '';
  @state() private tone: SkinTone = '';
  @state() private choosesTone = false;
  /** The group at the top of what is shown. */
  @state() private current: EmojiSection | null = null;
  @query('input') private readonly field!: HTMLInputElement;
  @query('.groups') private readonly groups!: HTMLElement;
  readonly #habits = new EmojiHabitBook(siteStorage);
  #loaded: Promise<void>;
  /** Those at the time of opening: they do not move while the user chooses. */
  #recent: readonly string[] = [];

  constructor() {
    super();
    const { recent, tone } = this.#habits.current;
    this.#recent = recent;
    this.tone = tone;
    this.#loaded = this.#load();
  }

  /** Focuses the field, or on a touch screen, where that would open the keyboard, the first emoji as soon as there is one. */
  override focus(options?: FocusOptions): void {
    if (touch()) void this.#loaded.then(() => this.#buttons[0]?.focus(options));
    else this.field.focus(options);
  }

  override render(): TemplateResult {
    const { react } = panelStrings();
    return html`<div class="top">
        <input
          type="text"
          role="searchbox"
          autocomplete="off"
          spellcheck="false"
          maxlength="40"
          dir="auto"
          aria-label=${react.search}
          placeholder=${react.search}
          @input=${this.#typed}
          @keydown=${this.#fieldKey}
        />
        ${this.#toneButton()}
      </div>
      ${this.choosesTone ? this.#tones() : nothing} ${this.asked === '' ? this.#kinds() : nothing}
      <div
        class="groups"
        @keydown=${this.#key}
        @click=${this.#clicked}
        @focusin=${this.#focused}
        @scroll=${this.#scrolled}
      >
        ${this.#content()}
      </div>`;
  }

  /** One emoji is reached with the Tab key: the one that had the focus last, else the first. */
  override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const [first, ...others] = this.#buttons;
    if (first !== undefined && !others.some((button) => button.tabIndex === 0)) first.tabIndex = 0;
  }

  async #load(): Promise<void> {
    this.hasFailed = false;
    try {
      this.table = await loadEmoji();
    } catch {
      this.hasFailed = true;
    }
    await this.updateComplete;
    this.#scrolled();
  }

  #toneButton(): TemplateResult {
    const { react } = panelStrings();
    const name = `${react.tone}: ${react.tones[SKIN_TONES.indexOf(this.tone)] ?? ''}`;
    return html`<button
      class="emoji tone"
      type="button"
      aria-label=${name}
      title=${name}
      aria-expanded=${this.choosesTone ? 'true' : 'false'}
      @click=${() => {
        this.choosesTone = !this.choosesTone;
      }}
    >
      ${withTone('✋', this.tone)}
    </button>`;
  }

  #tones(): TemplateResult {
    const { react } = panelStrings();
    return html`<div class="tones" role="radiogroup" aria-label=${react.tone} @keydown=${this.#toneKey}>
      ${SKIN_TONES.map(
        (tone, at) =>
          html`<button
            class="emoji"
            type="button"
            role="radio"
            tabindex=${tone === this.tone ? '0' : '-1'}
            aria-checked=${tone === this.tone ? 'true' : 'false'}
            aria-label=${react.tones[at] ?? ''}
            title=${react.tones[at] ?? ''}
            @click=${() => {
              this.#prefer(tone);
              this.choosesTone = false;
              this.renderRoot.querySelector<HTMLElement>('.tone')?.focus();
            }}
          >
            ${withTone('✋', tone)}
          </button>`,
      )}
    </div>`;
  }

  #kinds(): TemplateResult {
    const { groups } = panelStrings().react;
    return html`<div class="kinds" role="group" aria-label=${panelStrings().react.kinds}>
      ${this.#sections().map(
        (section) =>
          html`<button
            type="button"
            aria-label=${groups[section]}
            title=${groups[section]}
            aria-current=${this.current === section ? 'true' : 'false'}
            @click=${() => {
              this.#go(section);
            }}
          >
            ${EMOJI_SIGNS[section]}
          </button>`,
      )}
    </div>`;
  }

  #sections(): readonly EmojiSection[] {
    return [
      ...(this.#recent.length > 0 ? (['recent'] as const) : []),
      ...(this.table === null ? [] : EMOJI_GROUPS),
    ];
  }

  #content(): TemplateResult {
    const { react } = panelStrings();
    const { retry, loading } = strings();
    const recent =
      this.asked === '' && this.#recent.length > 0
        ? this.#group('recent', namedEmoji(this.#recent, this.table))
        : nothing;
    if (this.hasFailed)
      return html`${recent}
        <div class="say">
          <p role="alert">${react.notLoaded}</p>
          <button class="button" type="button" @click=${() => void this.#load()}>${retry}</button>
        </div>`;
    const { table } = this;
    if (table === null)
      return html`${recent}
        <div class="say" role="status">
          <span class="spin"></span><span class="visually-hidden">${loading}</span>
        </div>`;
    if (this.asked === '')
      return html`${recent} ${EMOJI_GROUPS.map((group) => this.#group(group, table[group]))}`;
    const found = searchEmoji(table, this.asked);
    return html`<p class="visually-hidden" role="status">${react.found(found.length)}</p>
      ${
        found.length === 0
          ? html`<p class="say"><bdi>${react.none(this.asked)}</bdi></p>`
          : html`<div class="group few" role="group" aria-label=${react.results}>
              ${found.map((entry) => this.#button(entry))}
            </div>`
      }`;
  }

  #group(section: EmojiSection, entries: readonly EmojiEntry[]): TemplateResult {
    return html`<h3 id=${section}>${panelStrings().react.groups[section]}</h3>
      <div class="group ${entries.length < 40 ? 'few' : ''}" role="group" aria-labelledby=${section}>
        ${entries.map((entry) => this.#button(entry))}
      </div>`;
  }

  #button([emoji, name, , toned]: EmojiEntry): TemplateResult {
    const shown = toned === 1 ? withTone(emoji, this.tone) : emoji;
    return html`<button
      class="emoji"
      type="button"
      tabindex="-1"
      aria-label=${name}
      title=${name}
      aria-pressed=${shown === this.chosen ? 'true' : 'false'}
    >
      ${shown}
    </button>`;
  }

  get #buttons(): readonly HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('.group .emoji')];
  }

  #use(emoji: string): void {
    this.#habits.used(emoji);
    this.choose(emoji);
  }

  #prefer(tone: SkinTone): void {
    this.tone = tone;
    this.#habits.prefer(tone);
  }

  #go(section: EmojiSection): void {
    const heading = this.renderRoot.querySelector<HTMLElement>(`#${section}`);
    const group = heading?.nextElementSibling;
    if (!heading || !(group instanceof HTMLElement)) return;
    // The heading itself sticks to the top, so it is not where its group is.
    this.groups.scrollTop = group.offsetTop - heading.offsetHeight;
    this.current = section;
  }

  readonly #scrolled = (): void => {
    const { scrollTop } = this.groups;
    const above = [...this.renderRoot.querySelectorAll<HTMLElement>('h3 + .group')].findLast(
      (group) => group.offsetTop - 40 <= scrollTop,
    );
    this.current = (above?.getAttribute('aria-labelledby') ??
      this.#sections()[0] ??
      null) as EmojiSection | null;
  };

  readonly #typed = (event: Event): void => {
    const text = this.field.value.trim();
    // The keyboard of the system has put in a whole emoji. An input method may still be at it.
    if (!(event as InputEvent).isComposing && isEmoji(text)) this.#use(text);
    else {
      this.asked = text;
      this.groups.scrollTop = 0;
    }
  };

  readonly #fieldKey = (event: KeyboardEvent): void => {
    if (isComposing(event)) return;
    const [first] = this.#buttons;
    if (event.key === 'ArrowDown') (this.#buttons.find(({ tabIndex }) => tabIndex === 0) ?? first)?.focus();
    else if (event.key === 'Enter') {
      const text = this.field.value.trim();
      if (isEmoji(text)) this.#use(text);
      else if (text !== '') first?.click();
    } else if (event.key === 'Escape' && this.asked !== '') {
      this.field.value = '';
      this.asked = '';
    } else return;
    event.preventDefault();
  };

  readonly #clicked = (event: MouseEvent): void => {
    const button = event
      .composedPath()
      .find((at): at is HTMLElement => at instanceof HTMLElement && at.matches('.emoji'));
    if (button !== undefined) this.#use(button.textContent.trim());
  };

  readonly #focused = (event: FocusEvent): void => {
    const { target } = event;
    if (!(target instanceof HTMLElement) || !target.matches('.group .emoji')) return;
    for (const button of this.#buttons) if (button.tabIndex === 0) button.tabIndex = -1;
    target.tabIndex = 0;
  };

  readonly #key = (event: KeyboardEvent): void => {
    const buttons = this.#buttons;
    const at = buttons.findIndex((button) => button === event.target);
    const to = at < 0 ? null : gridMove(event.key, buttons, at, this.matches(':dir(rtl)'));
    if (to === null) return;
    event.preventDefault();
    if (to < 0) this.field.focus();
    else buttons[to]?.focus();
  };

  readonly #toneKey = (event: KeyboardEvent): void => {
    const radios = [...this.renderRoot.querySelectorAll<HTMLElement>('.tones .emoji')];
    const at = radios.findIndex((radio) => radio === event.target);
    if (event.key === 'Escape') {
      event.stopPropagation();
      this.choosesTone = false;
      this.renderRoot.querySelector<HTMLElement>('.tone')?.focus();
      event.preventDefault();
      return;
    }
    const to = gridMove(event.key, radios, at, this.matches(':dir(rtl)'));
    if (to === null || event.key === 'ArrowUp' || event.key === 'ArrowDown') return;
    event.preventDefault();
    this.#prefer(SKIN_TONES[to] ?? '');
    radios[to]?.focus();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'emoji-picker': EmojiPicker;
  }
}
