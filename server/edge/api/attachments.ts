import { ParleyError } from '../../protocol/errors.ts';
import { ATTACHMENTS_PER_MESSAGE } from '../../protocol/limits.ts';
import {
  attachment,
  attachmentLimits,
  uploadKey,
  uploadParams,
  uploadState,
} from '../../protocol/resources/attachment.ts';
import { idParams } from '../../protocol/resources/query.ts';
import type { StoredAttachment } from '../../storage/attachments/stored-attachment.ts';
import { dispositionOf, fileNameOf, mediaTypeOf } from '../attachments/attachment-head.ts';
import { byteRangeOf, type ByteRange } from '../attachments/byte-range.ts';
import { contentRangeOf } from '../attachments/content-range.ts';
import { tooManyUnsent, type NamedFile, type UploadPart } from '../attachments/uploads.ts';
import type { EdgeDeps } from '../deps.ts';
import { isKnown } from '../http/etag.ts';
import { SANDBOXED, type Header } from '../http/headers.ts';
import type { ReceivedBody } from '../http/received-body.ts';
import { tooLarge } from '../http/problem.ts';
import { answer, done, FileOf, route, StreamedUpload } from './route.ts';

type Headers = ReadonlyMap<string, string>;

/** @throws ParleyError `not_found` [G1] */
const largest = ({ attachments }: EdgeDeps): number => {
  if (attachments.maxBytes > 0) return attachments.maxBytes;
  throw new ParleyError('not_found', 'This server takes no attachments.');
};

const limits = route({
  method: 'GET',
  path: '/attachments',
  tag: 'messages',
  summary: 'Get the limits of attachments',
  description: 'Returns what attachments may have. `not_found` if the server takes none.',
  answers: { 200: attachmentLimits },
  errors: ['not_found'],
  handle: ({ deps }) =>
    answer(200, {
      max_bytes: largest(deps),
      per_message: ATTACHMENTS_PER_MESSAGE,
      resumable: true,
    }),
});

const upload = route({
  method: 'POST',
  path: '/attachments',
  tag: 'messages',
  summary: 'Upload an attachment',
  description:
    "Takes one file of any type, as it is. `Content-Length` is required. `Content-Disposition: attachment; filename*=UTF-8''…` has its name. The file can then be sent with a message, within 24 hours. The body need not be there within a few seconds, as others must, but has to come with 32 KiB in 30 seconds. With `Upload-Key`, a UUID of the client's choice, what has come stays for a day when the request breaks off: a request with the same key, name and type and `Content-Range: bytes N-M/SIZE` brings the bytes from N on, and with `bytes */SIZE` none. If something else is kept, the answer is `conflict` with `received`. Whoever repeats an upload that is complete gets its attachment again.",
  upload: new StreamedUpload(),
  answers: { 201: attachment },
  errors: ['not_found', 'conflict', 'too_many_requests', 'insufficient_storage'],
  async handle({ deps, who, upload: body, headers }) {
    const { file, part } = describedIn(headers, body, largest(deps));
    const stored = await deps.attachments.uploads.take(who, {
      file,
      part,
      body,
      record: (taken) => recorded(deps, who.userId, taken, part !== null),
    });
    return answer(201, stored);
  },
});

const progress = route({
  method: 'GET',
  path: '/attachments/uploads/:key',
  tag: 'messages',
  summary: 'Get the state of an upload',
  description:
    'Returns how many bytes the server has of an upload that was begun with this `Upload-Key`, and its attachment once it is complete. What is said to be there stays, whatever happens to the server. A request that is still bringing bytes of it is ended. `not_found` if nothing is known of it.',
  params: uploadParams,
  answers: { 200: uploadState },
  errors: ['not_found'],
  async handle({ deps, who, params: { key } }) {
    const found = await deps.attachments.uploads.progress(who.userId, key);
    if (found === null) throw new ParleyError('not_found', 'There is no such upload.');
    const { received, size, attachment: complete } = found;
    return answer(200, { received, size, ...(complete !== null && { attachment: complete }) });
  },
});

const forget = route({
  method: 'DELETE',
  path: '/attachments/uploads/:key',
  tag: 'messages',
  summary: 'Cancel an upload',
  description:
    'Ends an upload that was begun with this `Upload-Key`, and removes what the server has of it. An upload that is complete stays, until it expires; one that the server does not know changes nothing.',
  params: uploadParams,
  answers: { 204: null },
  async handle({ deps, who, params: { key } }) {
    await deps.arrived();
    await deps.attachments.uploads.forget(who.userId, key);
    return done;
  },
});

/** What the head says of the file, and which part of it the body is. @throws ParleyError `bad_request`, `payload_too_large` [G2] [G9] */
const describedIn = (
  headers: Headers,
  { size }: ReceivedBody,
  maxBytes: number,
): { readonly file: NamedFile; readonly part: UploadPart | null } => {
  if (size === null) throw new ParleyError('bad_request', 'A file needs a Content-Length.');
  if (headers.has('content-encoding'))
    throw new ParleyError('bad_request', 'A file is sent as it is, without Content-Encoding.');
  const key = headers.get('upload-key');
  const range = headers.get('content-range');
  if (key !== undefined && !uploadKey.safeParse(key).success) throw malformed('Upload-Key', 'must be a UUID');
  if (range !== undefined && key === undefined) throw malformed('Content-Range', 'needs an Upload-Key');
  const sent = range === undefined ? { from: 0, size } : contentRangeOf(range, size);
  if (sent === null) throw malformed('Content-Range', 'must say which bytes of the file the body has');
  if (sent.size > maxBytes) throw tooLarge(maxBytes);
  const name = fileNameOf(headers.get('content-disposition') ?? '');
  return {
    file: { name, type: mediaTypeOf(headers.get('content-type') ?? ''), size: sent.size },
    part: key === undefined ? null : { key, from: sent.from },
  };
};

const malformed = (path: string, message: string): ParleyError =>
  new ParleyError('bad_request', 'The head of the upload is not valid.', { errors: [{ path, message }] });

const recorded = async (
  deps: EdgeDeps,
  userId: string,
  taken: StoredAttachment,
  isKept: boolean,
): Promise<void> => {
  const { kind } = await deps.write('addAttachment', { userId, attachment: taken, isKept });
  if (kind === 'not-found') throw new ParleyError('unauthorized', 'This account is gone.');
  if (kind === 'given-up') throw new ParleyError('conflict', 'The upload was cancelled.', { received: 0 });
  if (kind === 'too-many') throw tooManyUnsent();
};

/** A browser asks each time: the bytes never change, but who may have them does. Nothing in it runs, wherever it is shown [G5]. */
const policyOf = ({ name, sha256 }: StoredAttachment): readonly Header[] => [
  ['ETag', `"${sha256}"`],
  ['Accept-Ranges', 'bytes'],
  ['Cache-Control', 'private, no-cache'],
  ['Content-Disposition', dispositionOf(name)],
  ...SANDBOXED,
];

/** The part that is asked for, if it is a part of what the client has already. */
const rangeIn = (headers: Headers, { size, sha256 }: StoredAttachment): ReturnType<typeof byteRangeOf> => {
  const ifRange = headers.get('if-range');
  if (ifRange !== undefined && ifRange.trim() !== `"${sha256}"`) return 'whole';
  return byteRangeOf(headers.get('range') ?? '', size);
};

const ANY = new FileOf(['*/*']);

const download = route({
  method: 'GET',
  path: '/attachments/:id',
  tag: 'messages',
  summary: 'Get an attachment',
  description:
    'Returns the bytes of an attachment, to those who see its message, and to the user who has uploaded it and not sent yet. They never change; `ETag` is their SHA-256. `Range` asks for one part of them. If no byte of it is there, the answer is 416 without a body.',
  params: idParams,
  answers: { 200: ANY, 206: ANY, 304: null, 416: null },
  errors: ['not_found', 'too_many_requests'],
  async handle({ deps, who, params: { id }, headers, ifNoneMatch }) {
    const found = await deps.read('attachment', who.userId, id);
    if (found === null) throw new ParleyError('not_found', 'There is no such attachment.');
    const policy = policyOf(found);
    const { size, sha256 } = found;
    if (isKnown(ifNoneMatch, sha256)) return { status: 304, policy } as const;
    const range = rangeIn(headers, found);
    const part = (of: string): Header => ['Content-Range', `bytes ${of}/${String(size)}`];
    if (range === 'outside') return { status: 416, policy: [...policy, part('*')] } as const;
    if (range === 'whole')
      return { status: 200, file: await bytesOf(deps, who, found, { from: 0, to: size }), policy } as const;
    const { from, to } = range;
    const partial = [...policy, part(`${String(from)}-${String(to - 1)}`)];
    return { status: 206, file: await bytesOf(deps, who, found, range), policy: partial } as const;
  },
});

const bytesOf = async (
  { attachments }: EdgeDeps,
  who: { readonly userId: string; readonly sessionId: string },
  found: StoredAttachment,
  range: ByteRange,
) => {
  const { id, type } = found;
  const length = range.to - range.from;
  if (length === 0) return { type, bytes: new Uint8Array() };
  const chunks = await attachments.read(found, range);
  // Recorded and not there: a damaged data directory. That the record is there, and for whom, is no secret to this user.
  if (chunks === null) throw new Error('the bytes of an attachment are missing');
  return { type, stream: attachments.downloads.begin(who, id, { length, chunks }) };
};

export const attachmentRoutes = [limits, upload, progress, forget, download];
