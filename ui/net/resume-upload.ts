import type { AttachmentResource, UploadState } from '../../server/protocol/resources/attachment.ts';
import type { Api } from './api.ts';
import { ApiProblem, problemCode } from './problem.ts';
import { UploadConflict, uploadFile, type Upload, type UploadDeps } from './upload.ts';

/** An upload that can go on where it broke off. */
export interface ResumedUpload extends Upload {
  /** Chosen for these bytes. */
  readonly key: string;
  /** Whether some of them may have been sent before. */
  readonly isBegun: boolean;
}

export interface ResumeDeps extends UploadDeps {
  readonly api: Pick<Api, 'signed'>;
}

/** An upload goes on from where the server says, so often in a row. */
const TRIES = 3;

const pathOf = (key: string): string => `/attachments/uploads/${key}`;

/** What the server has of an upload; null if it knows nothing of it, and for a server that is too old to keep any. */
const stateOf = async ({ api }: ResumeDeps, key: string): Promise<UploadState | null> => {
  try {
    return await api.signed<UploadState>({ method: 'GET', path: pathOf(key) });
  } catch (error) {
    if (problemCode(error) === 'not_found') return null;
    throw error;
  }
};

/** Lets the server forget what it has of an upload. Rejects with ApiProblem. */
export const forgetUpload = async (api: Pick<Api, 'signed'>, key: string): Promise<void> => {
  try {
    await api.signed({ method: 'DELETE', path: pathOf(key) });
  } catch (error) {
    if (problemCode(error) !== 'not_found') throw error;
  }
};

/** A server that knows nothing of parts stores the rest of a file as if it were the whole. */
const whole = (stored: AttachmentResource, { bytes }: Upload): AttachmentResource => {
  if (stored.size === bytes.size) return stored;
  throw new ApiProblem('conflict', 'the server has stored another file');
};

/** Uploads what the server does not have yet of a file. Rejects with ApiProblem only; with `conflict` if the key is of no use for these bytes. */
export const resumeUpload = async (deps: ResumeDeps, upload: ResumedUpload): Promise<AttachmentResource> => {
  const { key, isBegun, bytes, onProgress } = upload;
  const { received: kept = 0, attachment } = (isBegun ? await stateOf(deps, key) : null) ?? {};
  if (attachment !== undefined) return whole(attachment, upload);
  for (let from = kept, tries = 1; ; tries += 1) {
    if (from > bytes.size) throw new ApiProblem('conflict', 'the server has more than there is');
    onProgress(from);
    try {
      return whole(await uploadFile(deps, upload, { key, from }), upload);
    } catch (error) {
      if (!(error instanceof UploadConflict)) throw error;
      // Another request brings the rest: it is waited for.
      if (error.received === null) throw new ApiProblem('unavailable', error.message, { cause: error });
      if (tries === TRIES || upload.signal.aborted) throw error;
      from = error.received;
    }
  }
};
