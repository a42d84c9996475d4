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

const sendOnce = (deps: UploadDeps, upload: Upload, token: string): Promise<AttachmentResource> =>
  new Promise((resolve, reject) => {
    const request = deps.open();
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
      upload.onProgress(loaded);
    });
    request.addEventListener('loadend', () => {
      timer?.cancel();
      upload.signal.removeEventListener('abort', end);
      if (request.status === 0)
        reject(new ApiProblem(isStalled ? 'timeout' : 'offline', 'the server was not reached'));
      else if (request.status !== 201) problemOf(answerOf(request)).then(reject, reject);
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
    upload.signal.addEventListener('abort', end);
    watch();
    request.send(upload.bytes);
  });

/** Uploads the bytes of one file. `XMLHttpRequest` does it, because `fetch` does not say how much was sent. If the server refuses the token,
 *  renews it once and repeats. Rejects with ApiProblem only, with `offline` if the signal ended it. */
export const uploadFile = async (deps: UploadDeps, upload: Upload): Promise<AttachmentResource> => {
  const token = await deps.tokens.access();
  if (upload.signal.aborted) throw new ApiProblem('offline', 'the upload was cancelled');
  try {
    return await sendOnce(deps, upload, token);
  } catch (error) {
    if (problemCode(error) !== 'unauthorized') throw error;
    return await sendOnce(deps, upload, await deps.tokens.renew(token));
  }
};
