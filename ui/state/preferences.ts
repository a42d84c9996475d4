import { signal } from './signal.ts';

export interface Preferences {
  readonly theme: 'system' | 'light' | 'dark';
  readonly textSize: 'small' | 'normal' | 'large' | 'huge';
  readonly language: 'system' | 'en' | 'de';
  readonly notify: boolean;
  readonly preview: boolean;
  /** Only in the desktop window: closing it hides it. */
  readonly tray: boolean;
}

const DEFAULTS: Preferences = {
  theme: 'system',
  textSize: 'normal',
  language: 'system',
  notify: true,
  preview: true,
  tray: false,
};
const KEY = 'parley.preferences';

const CHOICES = {
  theme: ['system', 'light', 'dark'],
  textSize: ['small', 'normal', 'large', 'huge'],
  language: ['system', 'en', 'de'],
  notify: [true, false],
  preview: [true, false],
  tray: [true, false],
} as const satisfies { readonly [K in keyof Preferences]: readonly Preferences[K][] };

/** What was stored, with every value that is not one of today's choices replaced by its default. */
export const parsePreferences = (text: string | null): Preferences => {
  try {
    const stored = JSON.parse(text ?? '{}') as Partial<Record<keyof Preferences, unknown>>;
    const kept = Object.entries(CHOICES).filter(([name, values]) =>
      (values as readonly unknown[]).includes(stored[name as keyof Preferences]),
    );
    return {
      ...DEFAULTS,
      ...Object.fromEntries(kept.map(([name]) => [name, stored[name as keyof Preferences]])),
    };
  } catch {
    return DEFAULTS;
  }
};

/** Tags in order of preference: of the chosen language, the region the device is set to. `system`: the device's. */
export const wantedLanguages = ({ language }: Preferences, system: readonly string[]): readonly string[] =>
  language === 'system' ? system : [...system.filter((tag) => tag.split('-')[0] === language), language];

/** How this device shows the client; stays on the device. */
export class PreferenceBook {
  readonly current = signal<Preferences>(DEFAULTS);
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.current.set(parsePreferences(storage.getItem(KEY)));
  }

  set<K extends keyof Preferences>(name: K, value: Preferences[K]): void {
    this.current.set({ ...this.current.get(), [name]: value });
    this.#storage.setItem(KEY, JSON.stringify(this.current.get()));
  }
}
