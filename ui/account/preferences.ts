import { signal } from '../model/signal.ts';

export interface Preferences {
  readonly theme: 'system' | 'light' | 'dark';
  readonly textSize: 'small' | 'normal' | 'large' | 'huge';
  readonly language: 'system' | 'en' | 'de';
  /** Whether *bold* and the like are shown as such in messages. */
  readonly formatting: boolean;
  /** Which key sends a message. Ctrl+Enter (⌘+Enter) always does. */
  readonly sendKey: 'enter' | 'modifier';
  readonly notify: boolean;
  /** Whether the user has answered the question about notifications. */
  readonly notifyAsked: boolean;
  readonly preview: boolean;
  /** Desktop window only: closing the window hides it. */
  readonly tray: boolean;
}

const DEFAULTS: Preferences = {
  theme: 'system',
  textSize: 'normal',
  language: 'system',
  formatting: true,
  sendKey: 'enter',
  notify: true,
  notifyAsked: false,
  preview: true,
  tray: false,
};
const KEY = 'parley.preferences';

const CHOICES = {
  theme: ['system', 'light', 'dark'],
  textSize: ['small', 'normal', 'large', 'huge'],
  language: ['system', 'en', 'de'],
  formatting: [true, false],
  sendKey: ['enter', 'modifier'],
  notify: [true, false],
  notifyAsked: [true, false],
  preview: [true, false],
  tray: [true, false],
} as const satisfies { readonly [K in keyof Preferences]: readonly Preferences[K][] };

/** Returns the stored fields unchecked, or nothing if the text is not a JSON object. */
const storedFields = (text: string | null): Readonly<Record<string, unknown>> => {
  try {
    const stored: unknown = JSON.parse(text ?? '{}');
    return typeof stored === 'object' && stored !== null && !Array.isArray(stored) ? { ...stored } : {};
  } catch {
    return {};
  }
};

const chosen = (stored: Readonly<Record<string, unknown>>): Preferences => {
  const kept = Object.entries(CHOICES).filter(([name, values]) =>
    (values as readonly unknown[]).includes(stored[name]),
  );
  return { ...DEFAULTS, ...Object.fromEntries(kept.map(([name]) => [name, stored[name]])) };
};

/** Parses stored preferences. Replaces each value that is not a valid choice by its default. */
export const parsePreferences = (text: string | null): Preferences => chosen(storedFields(text));

/** Returns language tags in order of preference. For a chosen language, the device's regions of that language come
 *  first. `system`: the tags of the device. */
export const wantedLanguages = ({ language }: Preferences, system: readonly string[]): readonly string[] =>
  language === 'system' ? system : [...system.filter((tag) => tag.split('-')[0] === language), language];

/** If it throws, `PreferenceBook` keeps its own changes in memory and takes over the rest from storage. */
type PlainStorage = Pick<Storage, 'getItem' | 'setItem'>;

/** The display settings of this device. They never leave the device. All tabs share one storage key, and each tab
 *  writes only what was changed in it. */
export class PreferenceBook {
  readonly current = signal<Preferences>(DEFAULTS);
  readonly #storage: PlainStorage;
  /** Changes that the storage refused because it is full or blocked. They last as long as this tab. */
  #unkept: Partial<Preferences> = {};

  constructor(storage: PlainStorage) {
    this.#storage = storage;
    this.#take(this.#read());
  }

  set<K extends keyof Preferences>(name: K, value: Preferences[K]): void {
    const next = { ...this.#read(), [name]: value };
    try {
      this.#storage.setItem(KEY, JSON.stringify(next));
      this.#unkept = {};
    } catch {
      this.#unkept = { ...this.#unkept, [name]: value };
    }
    this.#take(next);
  }

  /** Takes over what another tab changed. `changed`: the storage key that changed there; null means all keys. */
  follow(changed: string | null): void {
    if (changed === KEY || changed === null) this.#take(this.#read());
  }

  /** Reads the stored values, which another tab may just have changed. */
  #read(): Readonly<Record<string, unknown>> {
    let text: string | null = null;
    try {
      text = this.#storage.getItem(KEY);
    } catch {
      // The browser blocks site data.
    }
    return { ...storedFields(text), ...this.#unkept };
  }

  #take(stored: Readonly<Record<string, unknown>>): void {
    const next = chosen(stored);
    if (JSON.stringify(next) !== JSON.stringify(this.current.get())) this.current.set(next);
  }
}
