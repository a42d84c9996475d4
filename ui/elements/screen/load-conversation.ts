/** Message list and text field are in a separate file, so that the list of conversations appears first. */
export const loadConversation = (): Promise<unknown> => import('../conversation/conversation-view.ts');

export const isConversationLoaded = (): boolean => customElements.get('conversation-view') !== undefined;
