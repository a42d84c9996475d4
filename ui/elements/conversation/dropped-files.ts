/** Files cannot be sent, but dropping one on the page must not replace the page. */

const isField = (target: EventTarget | undefined): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;

/** Whether the transfer holds files and nothing that a text field could take. Cells copied from a spreadsheet, for
 *  example, hold a picture and text. */
const holdsOnlyFiles = (data: DataTransfer | null): boolean =>
  data !== null && data.types.includes('Files') && !data.types.includes('text/plain');

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

/** Calls `refused` when the user pastes or drops a file, until `signal` aborts. */
export const watchFiles = (refused: () => void, signal: AbortSignal): void => {
  const given = (event: ClipboardEvent | DragEvent): void => {
    const isPasted = event instanceof ClipboardEvent;
    const data = isPasted ? event.clipboardData : event.dataTransfer;
    if (isPasted ? holdsOnlyFiles(data) : data?.types.includes('Files') === true) refused();
  };
  addEventListener('paste', given, { signal });
  addEventListener('drop', given, { signal });
};
