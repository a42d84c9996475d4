/** What the text of a message becomes: its formatting, and its addresses as links. */
export interface RichText {
  /** For a template of Lit. */
  readonly shown: (text: string) => unknown;
  /** Without the marks of the formatting, for places that show one line. */
  readonly plain: (text: string) => string;
  /** Whether it has parts that stand on lines of their own. */
  readonly hasBlocks: (text: string) => boolean;
  /** The text as high as it is shown. */
  readonly measured: (text: string) => string;
}

let rich: RichText | null = null;
let isWanted = true;

/** From now on, messages are shown so. Until then their text is shown as it was written, because what it takes is two kilobytes that
 *  would come before the list. */
export const showRich = (part: RichText): void => {
  rich = part;
};

/** Chooses whether formatting is shown, or what it is written with. Returns whether that is a change: everything has to be rendered
 *  again then. */
export const wantFormatting = (wanted: boolean): boolean => {
  const isChange = isWanted !== wanted;
  isWanted = wanted;
  return isChange;
};

export const isFormattingWanted = (): boolean => isWanted;
export const messageText = (text: string): unknown => rich?.shown(text) ?? text;
export const plainText = (text: string): string => rich?.plain(text) ?? text;
export const hasBlocks = (text: string): boolean => rich?.hasBlocks(text) ?? false;
export const measuredText = (text: string): string => rich?.measured(text) ?? text;
