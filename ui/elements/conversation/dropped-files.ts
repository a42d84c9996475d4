import { CONTENT_MAX_CODE_POINTS } from '../../../server/protocol/limits.ts';
import { givenIn, meansFiles, type Given } from '../shared/given-files.ts';

/** Files that are pasted or dropped. Dropping one on the page must not replace the page. */

const isField = (target: EventTarget | undefined): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;

/** Whether a text field of one line gets this: there, names of files may be meant as names. */
const isForLine = (event: Event): boolean => event.composedPath()[0] instanceof HTMLInputElement;

/** Units of a text that becomes a file instead of coming into the field for messages: ten times what a message holds. With much more, a
 *  browser would stand still for minutes, and each further key for a second. */
const LONG_TEXT = 10 * CONTENT_MAX_CODE_POINTS;

/** A text of a transfer that is too long for the field for messages, which is to get it; null if it is not. */
const longText = (event: Event, data: DataTransfer | null): string | null => {
  const isForMessage = event
    .composedPath()
    .some((each) => each instanceof Element && each.localName === 'message-input');
  const text = isForMessage ? (data?.getData('text/plain') ?? '') : '';
  return text.length > LONG_TEXT ? text : null;
};

const stay = (event: DragEvent): void => {
  const { dataTransfer } = event;
  const hasFiles = dataTransfer?.types.includes('Files') ?? false;
  // A text field handles dropped text by itself.
  if (isField(event.composedPath()[0]) && !hasFiles) return;
  event.preventDefault();
  if (dataTransfer !== null && !hasFiles) dataTransfer.dropEffect = 'none';
};

/** Installed once, for the lifetime of the page. */
export const keepPageOnDrop = (): void => {
  addEventListener('dragover', stay);
  addEventListener('drop', stay);
};

export interface FileWatch {
  /** The user pasted or dropped these files, or a text that is too long for the field for messages. */
  readonly given: (given: Given) => void;
  /** Files are dragged above the window (true), or no longer. */
  readonly dragged: (isOver: boolean) => void;
}

/** Tells of files that the user pastes, drags and drops, until `signal` aborts. */
export const watchFiles = ({ given, dragged }: FileWatch, signal: AbortSignal): void => {
  const options = { signal };
  const isOfFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') === true;
  addEventListener(
    'paste',
    (event) => {
      const { clipboardData: data } = event;
      const text = longText(event, data);
      if (meansFiles(data) && !(isForLine(event) && data.types.includes('text/plain'))) given(givenIn(data));
      else if (text !== null) given({ files: [], hasFolder: false, text });
      else return;
      event.preventDefault();
    },
    options,
  );
  addEventListener(
    'drop',
    (event) => {
      dragged(false);
      const { dataTransfer: data } = event;
      const text = longText(event, data);
      if (data !== null && isOfFiles(event)) given(givenIn(data));
      else if (text !== null) given({ files: [], hasFolder: false, text });
      else return;
      event.preventDefault();
    },
    options,
  );
  addEventListener(
    'dragenter',
    (event) => {
      if (isOfFiles(event)) dragged(true);
    },
    options,
  );
  addEventListener(
    'dragleave',
    ({ relatedTarget }) => {
      // Not from one element to another.
      if (relatedTarget === null) dragged(false);
    },
    options,
  );
};
