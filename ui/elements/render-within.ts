import { LitElement } from 'lit';

/** Renders every element below anew, for a change that no property tells: the language. One walk when it happens
 *  instead of a listener in each of a thousand bubbles; focus, drafts and scroll positions stay. */
export const renderWithin = (root: ParentNode): void => {
  for (const element of root.querySelectorAll('*')) {
    if (element instanceof LitElement) element.requestUpdate();
    if (element.shadowRoot !== null) renderWithin(element.shadowRoot);
  }
};
