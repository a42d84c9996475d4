/** What shows the formatting and the links of messages. Without it they are shown as they were written. */
export const loadRichText = (): Promise<unknown> => import('../conversation/rich-text.ts');

/** Message list and text field are in a separate file, so that the list of conversations appears first. */
export const loadConversation = (): Promise<unknown> =>
  Promise.all([import('../conversation/conversation-view.ts'), loadRichText().catch(() => undefined)]);

export const isConversationLoaded = (): boolean => customElements.get('conversation-view') !== undefined;
