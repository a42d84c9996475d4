import type { UploadedFile } from '../model/uploaded.ts';

/** What is sent in the place of a picked file. */
export interface PreparedFile {
  readonly bytes: Blob;
  readonly name: string;
  readonly type: string;
}

/** A picked file on this device, from the moment it is picked until the server has its message. */
export interface PickedFile {
  readonly key: string;
  /** Rises in the order of picking. */
  readonly order: number;
  readonly conversationId: string;
  /** The message that carries the file; null as long as the draft does. */
  readonly messageId: string | null;
  /** The file as it was picked, under a name that the server takes. */
  readonly picked: PreparedFile;
  /** Null until it is prepared, and for what is sent as it is. */
  readonly prepared: PreparedFile | null;
  readonly isPrepared: boolean;
  /** What the upload of what is sent is called at the server, so that it can go on where it broke off; null until it begins. */
  readonly uploadKey: string | null;
  /** See `OutgoingAttachment`. */
  readonly original: boolean | null;
  /** What the server made of it, and when (milliseconds by this device's clock). */
  readonly upload: (UploadedFile & { readonly at: number }) | null;
  /** Whether it was uploaded again because the server refused its message. It is not done twice. */
  readonly isRenewed: boolean;
}

/** Where picked files are kept, for all tabs of a user. Everything rejects if the device does not take or give it. */
export interface FileStore {
  all(): Promise<readonly PickedFile[]>;
  put(file: PickedFile): Promise<void>;
  /** Reads and writes a file in one transaction. Resolves with what is stored then; null if the file is gone. */
  edit(key: string, change: (held: PickedFile) => PickedFile): Promise<PickedFile | null>;
  remove(keys: readonly string[]): Promise<void>;
}

/** What is sent of a file. */
export const sentOf = ({ picked, prepared }: PickedFile): PreparedFile => prepared ?? picked;
