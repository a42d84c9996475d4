const ONE_EMOJI = new RegExp('^\\p{RGI_Emoji}$', 'v');

/** Whether a text is exactly one emoji that the server takes as a reaction [M4]. */
export const isEmoji = (text: string): boolean => ONE_EMOJI.test(text);
