/** Messages and the field: in a file of their own, so that the list is on screen before. */
export const loadConversation = (): Promise<unknown> => import('./conversation-view.ts');

export const isConversationLoaded = (): boolean => customElements.get('conversation-view') !== undefined;
