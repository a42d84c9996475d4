/** A browser reads a file that it saves for some time after the click. */
const READ_MS = 60_000;

/** Has the browser save a file under a name. The file should have a type that nothing opens by itself. `after`: runs something later. */
export const saveFile = (
  page: Document,
  file: Blob,
  name: string,
  after: (ms: number, run: () => void) => unknown,
): void => {
  const link = page.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  after(READ_MS, () => {
    URL.revokeObjectURL(link.href);
  });
};
