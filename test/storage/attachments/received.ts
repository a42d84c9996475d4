import type { AttachmentBytes } from '../../../server/storage/attachments/attachment-bytes.ts';

/** Uploads whole bytes, and returns what is to be recorded. */
export const received = async (
  store: AttachmentBytes,
  id: string,
  bytes: Uint8Array,
): Promise<{ readonly size: number; readonly sha256: string }> => {
  const upload = await store.receive(id, bytes.length);
  await upload.write(bytes);
  return await upload.finish((file) => Promise.resolve(file));
};

export const bytesOf = async (pieces: AsyncIterable<Uint8Array> | null): Promise<Buffer | null> => {
  if (pieces === null) return null;
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(Buffer.from(piece));
  return Buffer.concat(all);
};
