import { signal } from './signal.ts';

export interface Preferences {
  readonly theme: 'system' | 'light' | 'dark';
  readonly textSize: 'small' | 'normal' | 'large' | 'huge';
  readonly language: 'system' | 'en' | 'de';
  /** What sends a message; Ctrl+Enter (⌘+Enter) always does. */
  readonly sendKey: 'enter' | 'modifier';
  readonly notify: boolean;
  /** Whether somebody has answered if they want that. */
  readonly notifyAsked: boolean;
  readonly preview: boolean;
  /** Only in the desktop window: closing it hides it. */
  readonly tray: boolean;
}

const DEFAULTS: Preferences = {
  theme: 'system',
  textSize: 'normal',
  language: 'system',
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
  sendKey: ['enter', 'modifier'],
  notify: [true, false],
  notifyAsked: [true, false],
  preview: [true, false],
  tray: [true, false],
} as const satisfies { readonly [K in keyof Preferences]: readonly Preferences[K][] };

/** What is stored, field by field as it is; nothing of what is no object. */
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

/** What was stored, with every value that is not one of today's choices replaced by its default. */
export const parsePreferences = (text: string | null): Preferences => chosen(storedFields(text));

/** Tags in order of preference: of the chosen language, the region the device is set to. `system`: the device's. */
export const wantedLanguages = ({ language }: Preferences, system: readonly string[]): readonly string[] =>
  language === 'system' ? system : [...system.filter((tag) => tag.split('-')[0] === language), language];

/** May throw: then this book remembers its own changes, and follows the rest. */
type PlainStorage = Pick<Storage, 'getItem' | 'setItem'>;

/** How this device shows the client; stays on the device. All tabs read and write one place, each its own change only. */
export class PreferenceBook {
  readonly current = signal<Preferences>(DEFAULTS);
  readonly #storage: PlainStorage;
  /** What the storage did not take, because it is full or closed: holds as long as this tab. */
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

  /** Takes over what another tab chose. `changed`: the key that changed there; null: all of them. */
  follow(changed: string | null): void {
    if (changed === KEY || changed === null) this.#take(this.#read());
  }

  /** What is stored now, which another tab may have changed a moment ago. */
  #read(): Readonly<Record<string, unknown>> {
    let text: string | null = null;
    try {
      text = this.#storage.getItem(KEY);
    } catch {
      // Closed by the browser.
    }
    return { ...storedFields(text), ...this.#unkept };
  }

  #take(stored: Readonly<Record<string, unknown>>): void {
    const next = chosen(stored);
    if (JSON.stringify(next) !== JSON.stringify(this.current.get())) this.current.set(next);
  }
}
