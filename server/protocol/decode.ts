import { CLIENT_FRAMES, clientFrame, type ClientFrame, type ClientFrameType } from './client-frames.ts';

/** A bad frame is a return value, not an exception. `ref` is the frame's id if one could be read [W4]. */
export type Decoded =
  | { readonly ok: true; readonly up: ClientFrame }
  | { readonly ok: false; readonly detail: string; readonly ref: string | null };

const isClientFrameType = (type: string): type is ClientFrameType => Object.hasOwn(CLIENT_FRAMES, type);

interface Issue {
  readonly path: PropertyKey[];
  readonly message: string;
}
const firstIssue = (issues: readonly Issue[]): string => {
  const issue = issues[0];
  if (issue === undefined) return 'not valid';
  const path = issue.path.map(String).join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
};

/** Reads one client frame. [W1] JSON object, [W2] known type, [W3] exactly the fields of that type. */
export const decodeClientFrame = (text: string): Decoded => {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return { ok: false, detail: 'The frame is not JSON.', ref: null };
  }
  const ref = refOf(raw);
  const envelope = clientFrame.safeParse(raw);
  if (!envelope.success) return { ok: false, detail: firstIssue(envelope.error.issues), ref };
  const { id, type } = envelope.data;
  if (!isClientFrameType(type)) return { ok: false, detail: 'type: not a type of this protocol', ref: id };
  const payload = CLIENT_FRAMES[type].payload.safeParse(envelope.data.payload);
  if (!payload.success) return { ok: false, detail: `payload: ${firstIssue(payload.error.issues)}`, ref: id };
  return { ok: true, up: { id, type, payload: payload.data } as ClientFrame };
};

const refOf = (raw: unknown): string | null =>
  typeof raw === 'object' && raw !== null && 'id' in raw && typeof raw.id === 'string' && raw.id.length <= 64
    ? raw.id
    : null;
