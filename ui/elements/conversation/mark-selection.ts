import { markedSelection } from '../../model/text/marked-selection.ts';
import { insertText } from './insert-text.ts';

/** Makes what is selected in a text field bold or italic, or takes that back. */
export const markSelection = (field: HTMLTextAreaElement, mark: '*' | '_'): void => {
  const { value, selectionStart, selectionEnd } = field;
  const { from, to, text, selected } = markedSelection(value, [selectionStart, selectionEnd], mark);
  field.setSelectionRange(from, to);
  insertText(field, text);
  field.setSelectionRange(...selected);
};
