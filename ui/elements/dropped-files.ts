/** Files can't be sent. What is dropped on the page must not be opened in its place all the same. */

const isField = (target: EventTarget | undefined): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;

/** Whether there are files in it and nothing a text field could take: what is copied in a table is a picture and text. */
const holdsOnlyFiles = (data: DataTransfer | null): boolean =>
  data !== null && data.types.includes('Files') && !data.types.includes('text/plain');

const stay = (event: DragEvent): void => {
  const { dataTransfer } = event;
  const hasFiles = dataTransfer?.types.includes('Files') ?? false;
  // A text field takes text by itself.
  if (isField(event.composedPath()[0]) && !hasFiles) return;
  event.preventDefault();
  if (dataTransfer !== null && !hasFiles) dataTransfer.dropEffect = 'none';
};

/** For as long as the page is there. */
export const keepPageOnDrop = (): void => {
  addEventListener('dragover', stay);
  addEventListener('drop', stay);
};

/** Runs `refused` when somebody pastes or drops a file, until `signal`. */
export const watchFiles = (refused: () => void, signal: AbortSignal): void => {
  const given = (event: ClipboardEvent | DragEvent): void => {
    const isPasted = event instanceof ClipboardEvent;
    const data = isPasted ? event.clipboardData : event.dataTransfer;
    if (isPasted ? holdsOnlyFiles(data) : data?.types.includes('Files') === true) refused();
  };
  addEventListener('paste', given, { signal });
  addEventListener('drop', given, { signal });
};
