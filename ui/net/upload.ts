import type { AttachmentResource } from '../../server/protocol/resources/attachment.ts';
import type { Clock, Timer } from './clock.ts';
import type { TokenSource } from './credentials.ts';
import { problemOf } from './http.ts';
import { ApiProblem, problemCode } from './problem.ts';

export interface Upload {
  readonly bytes: Blob;
  readonly name: string;
  readonly type: string;
  /** Called with the bytes that were sent so far. */
  readonly onProgress: (sent: number) => void;
  /** Ends the upload. */
  readonly signal: AbortSignal;
}

export interface UploadDeps {
  readonly base: string;
  readonly tokens: Pick<TokenSource, 'access' | 'renew'>;
  readonly clock: Clock;
  readonly open: () => XMLHttpRequest;
}

/** Which part of a file is sent, under which key the server keeps it. `from`: the first byte; everything after it follows. */
export interface FilePart {
  readonly key: string;
  readonly from: number;
}

/** The server has other bytes of the file than were relied on. */
export class UploadConflict extends ApiProblem {
  /** How many it has; null if it does not say. */
  readonly received: number | null;

  constructor(received: unknown) {
    super('conflict', 'the upload goes on from another byte');
    this.received = typeof received === 'number' ? received : null;
  }
}

/** An upload that nothing is heard of for so long has ended, though nobody was told. */
const STALLED_MS = 60_000;

/** A name in a header, as RFC 8187 says. */
export const dispositionOf = (name: string): string =>
  `attachment; filename*=UTF-8''${encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )}`;

/** What the answer of a server looks like to `problemOf`. */
const answerOf = (request: XMLHttpRequest): Pick<Response, 'headers' | 'status' | 'json'> => {
  const after = request.getResponseHeader('retry-after');
  return {
    status: request.status,
    headers: new Headers(after === null ? {} : { 'retry-after': after }),
    json: () => Promise.resolve(JSON.parse(request.responseText)),
  };
};

const refusalIn = (request: XMLHttpRequest): Promise<ApiProblem> => {
  if (request.status !== 409) return problemOf(answerOf(request));
  try {
    const { received } = JSON.parse(request.responseText) as { received?: unknown };
    return Promise.resolve(new UploadConflict(received));
  } catch {
    return Promise.resolve(new UploadConflict(null));
  }
};

/** What says which part of a file is sent. */
const partHeaders = ({ key, from }: FilePart, size: number): Readonly<Record<string, string>> => {
  if (from === 0) return { 'upload-key': key };
  const range = from < size ? `${String(from)}-${String(size - 1)}` : '*';
  return { 'upload-key': key, 'content-range': `bytes ${range}/${String(size)}` };
};

const sendOnce = (
  deps: UploadDeps,
  upload: Upload,
  part: FilePart | null,
  token: string,
): Promise<AttachmentResource> =>
  new Promise((resolve, reject) => {
    const request = deps.open();
    const from = part?.from ?? 0;
    const end = (): void => {
      request.abort();
    };
    let isStalled = false;
    let timer: Timer | null = null;
    const watch = (): void => {
      timer?.cancel();
      timer = deps.clock.after(STALLED_MS, () => {
        isStalled = true;
        end();
      });
    };
    request.upload.addEventListener('progress', ({ loaded }) => {
      watch();
      upload.onProgress(from + loaded);
    });
    request.addEventListener('loadend', () => {
      timer?.cancel();
      upload.signal.removeEventListener('abort', end);
      if (request.status === 0)
        reject(new ApiProblem(isStalled ? 'timeout' : 'offline', 'the server was not reached'));
      else if (request.status !== 201) refusalIn(request).then(reject, reject);
      else
        try {
          resolve(JSON.parse(request.responseText) as AttachmentResource);
        } catch (cause) {
          reject(new ApiProblem('offline', 'the answer broke off', { cause }));
        }
    });
    request.open('POST', `${deps.base}/attachments`);
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader('authorization', `Bearer ${token}`);
    request.setRequestHeader('content-type', upload.type || 'application/octet-stream');
    request.setRequestHeader('content-disposition', dispositionOf(upload.name));
    const named = part === null ? {} : partHeaders(part, upload.bytes.size);
    for (const [name, value] of Object.entries(named)) request.setRequestHeader(name, value);
    upload.signal.addEventListener('abort', end);
    watch();
    request.send(from === 0 ? upload.bytes : upload.bytes.slice(from));
  });

/** Uploads the bytes of one file, or the rest of them. `XMLHttpRequest` does it, because `fetch` does not say how much was sent. If the server refuses the token,
 *  renews it once and repeats. Rejects with ApiProblem only, with `offline` if the signal ended it. `part`: null for a server that keeps no parts. */
export const uploadFile = async (
  deps: UploadDeps,
  upload: Upload,
  part: FilePart | null = null,
): Promise<AttachmentResource> => {
  const token = await deps.tokens.access();
  if (upload.signal.aborted) throw new ApiProblem('offline', 'the upload was cancelled');
  try {
    return await sendOnce(deps, upload, part, token);
  } catch (error) {
    if (problemCode(error) !== 'unauthorized') throw error;
    return await sendOnce(deps, upload, part, await deps.tokens.renew(token));
  }
};
