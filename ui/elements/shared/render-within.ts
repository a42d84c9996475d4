import { LitElement } from 'lit';

/** Re-renders all elements below a root after a change that no property carries: the language. One walk replaces a
 *  listener in each of a thousand bubbles. Focus, drafts and scroll positions stay. */
export const renderWithin = (root: ParentNode): void => {
  for (const element of root.querySelectorAll('*')) {
    if (element instanceof LitElement) element.requestUpdate();
    if (element.shadowRoot !== null) renderWithin(element.shadowRoot);
  }
};
