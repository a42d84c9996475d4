import { isEmoji } from '../model/text/emoji.ts';
import { SKIN_TONES, type SkinTone } from '../model/text/emoji-table.ts';
import type { SiteStorage } from '../platform/site-storage.ts';
import { EMOJI_KEY } from './user-keys.ts';

const RECENT_MOST = 24;

/** What the emoji picker remembers on this device: the emoji used last, the newest first, and the skin tone. */
export interface EmojiHabits {
  readonly recent: readonly string[];
  readonly tone: SkinTone;
}

/** Another build may have written it, or anybody else. */
export const parseHabits = (text: string | null): EmojiHabits => {
  try {
    const { recent, tone } = JSON.parse(text ?? '{}') as Partial<Record<string, unknown>>;
    const emoji: readonly unknown[] = Array.isArray(recent) ? recent : [];
    return {
      recent: emoji
        .filter((each): each is string => typeof each === 'string' && isEmoji(each))
        .slice(0, RECENT_MOST),
      tone: SKIN_TONES.find((each) => each === tone) ?? '',
    };
  } catch {
    return { recent: [], tone: '' };
  }
};

/** After an emoji was used. */
export const afterUse = (habits: EmojiHabits, emoji: string): EmojiHabits => ({
  ...habits,
  recent: [emoji, ...habits.recent.filter((each) => each !== emoji)].slice(0, RECENT_MOST),
});

/** Reads at each use, because another window may have written. */
export class EmojiHabitBook {
  readonly #storage: SiteStorage;

  constructor(storage: SiteStorage) {
    this.#storage = storage;
  }

  get current(): EmojiHabits {
    return parseHabits(this.#storage.getItem(EMOJI_KEY));
  }

  used(emoji: string): void {
    this.#write(afterUse(this.current, emoji));
  }

  prefer(tone: SkinTone): void {
    this.#write({ ...this.current, tone });
  }

  #write(habits: EmojiHabits): void {
    this.#storage.setItem(EMOJI_KEY, JSON.stringify(habits));
  }
}
