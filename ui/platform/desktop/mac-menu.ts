import type { MenuItem } from './native.ts';

export interface MenuWords {
  readonly edit: string;
  readonly undo: string;
  readonly redo: string;
  readonly cut: string;
  readonly copy: string;
  readonly paste: string;
  readonly selectAll: string;
  readonly hide: string;
  readonly quit: string;
}

/** The menu bar of macOS. Without it, the keys for copying, pasting and quitting do nothing, because they belong to
 *  its entries. A shortcut is one letter; the command key is implied, and an upper-case letter adds Shift. */
export const macMenu = (name: string, words: MenuWords): readonly MenuItem[] => [
  {
    text: name,
    menuItems: [
      { text: words.hide, action: 'hide:', shortcut: 'h' },
      { text: '-' },
      { id: 'quit', text: words.quit, shortcut: 'q' },
    ],
  },
  {
    text: words.edit,
    menuItems: [
      { text: words.undo, action: 'undo:', shortcut: 'z' },
      { text: words.redo, action: 'redo:', shortcut: 'Z' },
      { text: '-' },
      { text: words.cut, action: 'cut:', shortcut: 'x' },
      { text: words.copy, action: 'copy:', shortcut: 'c' },
      { text: words.paste, action: 'paste:', shortcut: 'v' },
      { text: words.selectAll, action: 'selectAll:', shortcut: 'a' },
    ],
  },
];
