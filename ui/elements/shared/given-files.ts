/** What a paste or a drop gives to the page. */
export interface Given {
  readonly files: readonly File[];
  /** Whether folders were among them. A browser gives them as files that nobody can read, or that are empty. */
  readonly hasFolder: boolean;
  /** A text that is to become a file; null if there is none. */
  readonly text: string | null;
}

const LINES = /\r\n?|\n/;

/** The last part of a path or of the address of a file. */
const nameIn = (line: string): string => {
  const [last = ''] = line.split(/[/\\]/).slice(-1);
  try {
    return (line.startsWith('file:') ? decodeURIComponent(last) : last).normalize();
  } catch {
    return last;
  }
};

/** Whether a transfer means its files. Cells of a spreadsheet, for example, come as a text and as a picture of it, and are meant as text.
 *  Some file managers give the names or paths of the files as text besides, and then the files are meant. */
export const meansFiles = (data: DataTransfer | null): data is DataTransfer => {
  if (data?.types.includes('Files') !== true) return false;
  if (!data.types.includes('text/plain')) return true;
  const names = new Set([...data.files].map(({ name }) => name.normalize()));
  const lines = data.getData('text/plain').split(LINES);
  return lines.every((line) => line === '' || names.has(nameIn(line)));
};

const isFolder = (item: DataTransferItem): boolean => item.webkitGetAsEntry()?.isDirectory === true;

/** The files of a transfer, as long as its event is handled. */
export const givenIn = ({ items, files }: DataTransfer): Given => {
  const held = [...items].filter(({ kind }) => kind === 'file');
  if (!held.some(isFolder)) return { files: [...files], hasFolder: false, text: null };
  const readable = held.filter((item) => !isFolder(item));
  return { files: readable.flatMap((item) => item.getAsFile() ?? []), hasFolder: true, text: null };
};
