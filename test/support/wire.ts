import * as z from 'zod/mini';
import { FileOf } from '../../server/edge/api/route.ts';
import { makeRoutes } from '../../server/edge/api/table.ts';
import { SERVER_FRAMES } from '../../server/protocol/server-frames.ts';
import { CLOSE } from '../../server/protocol/close-codes.ts';
import { ERRORS } from '../../server/protocol/errors.ts';
import * as LIMITS from '../../server/protocol/limits.ts';
import { CLIENT_FRAMES, clientFrame } from '../../server/protocol/client-frames.ts';
import { PROTOCOL_VERSION, SUBPROTOCOL } from '../../server/protocol/version.ts';
import { documentedStatuses } from './contract.ts';

const shape = (schema: z.ZodMiniType | undefined, io: 'input' | 'output'): unknown => {
  if (schema === undefined) return undefined;
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io }) as Record<string, unknown>;
  return rest;
};

const frames = Object.entries(SERVER_FRAMES).map(([type, { durable, payload }]) => [
  type,
  { durable: durable !== false, payload: shape(payload, 'output') },
]);
const requests = makeRoutes().map((route) => [
  `${route.method} ${route.path}`,
  {
    open: route.open,
    params: shape(route.params, 'input'),
    query: shape(route.query, 'input'),
    body: shape(route.body, 'input'),
    upload: route.upload instanceof FileOf ? route.upload.types : route.upload && 'of any type',
    answers: Object.fromEntries(
      Object.entries(route.answers).map(([status, schema]) => [
        status,
        schema === null ? null : schema instanceof FileOf ? schema.types : shape(schema, 'output'),
      ]),
    ),
    statuses: documentedStatuses(route),
  },
]);

/** The version that brought each frame. */
const sinceOf = (specs: Readonly<Record<string, { readonly since: number }>>): unknown =>
  Object.fromEntries(Object.entries(specs).map(([type, { since }]) => [type, since]));

/** Everything a client written elsewhere relies on, as plain JSON: what the golden file pins down. */
export const wire: unknown = JSON.parse(
  JSON.stringify({
    version: PROTOCOL_VERSION,
    subprotocol: SUBPROTOCOL,
    limits: LIMITS,
    errors: Object.fromEntries(Object.entries(ERRORS).map(([code, { status }]) => [code, status])),
    closes: CLOSE,
    envelope: shape(clientFrame, 'input'),
    up: Object.fromEntries(
      Object.entries(CLIENT_FRAMES).map(([type, { payload }]) => [type, shape(payload, 'input')]),
    ),
    down: Object.fromEntries(frames) as unknown,
    since: { up: sinceOf(CLIENT_FRAMES), down: sinceOf(SERVER_FRAMES) },
    http: Object.fromEntries(requests) as unknown,
  }),
);
