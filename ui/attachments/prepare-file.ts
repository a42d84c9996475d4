import { encodePhoto } from './encode-photo.ts';
import type { PickedFile, PreparedFile } from './file-store.ts';
import { treatmentOf, type Treatment } from './picture-treatment.ts';
import { renamedTo } from './sendable-name.ts';
import { withoutMetadata } from './strip-metadata.ts';

const HEAD_BYTES = 64;

/** What became of a file: `original` and `prepared` as in `PickedFile`. */
export type Preparation = Pick<PickedFile, 'original' | 'prepared'>;

const drawnAnew = async ({ bytes, name }: PreparedFile): Promise<PreparedFile | null> => {
  const photo = await encodePhoto(bytes);
  return photo && { bytes: photo.bytes, name: renamedTo(photo.extension, name), type: photo.bytes.type };
};

const stripped = async ({ bytes, name, type }: PreparedFile): Promise<PreparedFile | null> => {
  const plain = withoutMetadata(new Uint8Array(await bytes.arrayBuffer()));
  return plain && { bytes: new Blob([plain], { type }), name, type };
};

const TREATMENTS: Readonly<
  Record<Exclude<Treatment, 'keep'>, (picked: PreparedFile) => Promise<PreparedFile | null>>
> = { encode: drawnAnew, strip: stripped };

/** Prepares a file. A picture that can't be decoded here is sent as it is, and says so: `original` is true. Rejects if the file can't be
 *  read. */
export const prepareFile = async (file: Pick<PickedFile, 'picked' | 'original'>): Promise<Preparation> => {
  const { picked, original } = file;
  const head = new Uint8Array(await picked.bytes.slice(0, HEAD_BYTES).arrayBuffer());
  const treatment = treatmentOf(picked.type, picked.name, head);
  if (treatment === 'keep') return { original: null, prepared: null };
  if (original === true) return { original, prepared: null };
  const prepared = await TREATMENTS[treatment](picked);
  return { original: prepared === null, prepared };
};
