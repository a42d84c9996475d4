/** Files that are pasted or dropped. Dropping one on the page must not replace the page. */

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

export interface FileWatch {
  /** The user pasted or dropped these files. */
  readonly given: (files: readonly File[]) => void;
  /** Files are dragged above the window (true), or no longer. */
  readonly dragged: (isOver: boolean) => void;
}

/** Tells of files that the user pastes, drags and drops, until `signal` aborts. */
export const watchFiles = ({ given, dragged }: FileWatch, signal: AbortSignal): void => {
  const options = { signal };
  const isOfFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') === true;
  addEventListener(
    'paste',
    ({ clipboardData }) => {
      if (holdsOnlyFiles(clipboardData)) given([...(clipboardData?.files ?? [])]);
    },
    options,
  );
  addEventListener(
    'drop',
    (event) => {
      dragged(false);
      if (isOfFiles(event)) given([...(event.dataTransfer?.files ?? [])]);
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
