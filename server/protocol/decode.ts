import { CLIENT_FRAMES, clientFrame, type ClientFrame, type ClientFrameType } from './client-frames.ts';
import { fieldErrors } from './field-errors.ts';

/** A bad frame is a return value, not an exception. `ref` is the frame's id if one could be read [W4]. */
export type Decoded =
  | { readonly ok: true; readonly up: ClientFrame }
  | { readonly ok: false; readonly detail: string; readonly ref: string | null };

const isClientFrameType = (type: string): type is ClientFrameType => Object.hasOwn(CLIENT_FRAMES, type);

/** `within`: the field whose value was checked; empty for the frame itself. */
const detailOf = (fault: { readonly issues: Parameters<typeof fieldErrors>[0] }, within = ''): string => {
  const [first] = fieldErrors(fault.issues);
  const path = [within, first?.path ?? ''].filter((part) => part !== '').join('.');
  const message = first?.message ?? 'is not valid';
  return path === '' ? message : `${path}: ${message}`;
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
  if (!envelope.success) return { ok: false, detail: detailOf(envelope.error), ref };
  const { id, type } = envelope.data;
  if (!isClientFrameType(type)) return { ok: false, detail: 'type: not a type of this protocol', ref: id };
  const payload = CLIENT_FRAMES[type].payload.safeParse(envelope.data.payload);
  if (!payload.success) return { ok: false, detail: detailOf(payload.error, 'payload'), ref: id };
  return { ok: true, up: { id, type, payload: payload.data } as ClientFrame };
};

const refOf = (raw: unknown): string | null =>
  typeof raw === 'object' && raw !== null && 'id' in raw && typeof raw.id === 'string' && raw.id.length <= 64
    ? raw.id
    : null;
