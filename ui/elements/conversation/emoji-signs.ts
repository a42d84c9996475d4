import type { EmojiGroup } from '../../model/text/emoji-table.ts';

/** What stands for each group. */
export const EMOJI_SIGNS: Readonly<Record<EmojiGroup | 'recent', string>> = {
  recent: '🕘',
  smileys: '😀',
  people: '👋',
  nature: '🐻',
  food: '🍎',
  travel: '🚗',
  activities: '⚽',
  objects: '💡',
  symbols: '❤️',
  flags: '🏁',
};
/** A group, or those used last. */
export type EmojiSection = keyof typeof EMOJI_SIGNS;
