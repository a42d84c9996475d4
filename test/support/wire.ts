import * as z from 'zod/mini';
import { makeRoutes } from '../../server/edge/routes/table.ts';
import { SERVER_FRAMES } from '../../server/protocol/down.ts';
import { CLOSE, ERRORS } from '../../server/protocol/errors.ts';
import * as LIMITS from '../../server/protocol/limits.ts';
import { CLIENT_FRAMES, clientFrame } from '../../server/protocol/up.ts';
import { PROTOCOL_VERSION, SUBPROTOCOL } from '../../server/protocol/version.ts';
import { documentedStatuses } from './contract.ts';

const shape = (schema: z.ZodMiniType | undefined, io: 'input' | 'output'): unknown => {
  if (schema === undefined) return undefined;
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io }) as Record<string, unknown>;
  return rest;
};

const frames = Object.entries(SERVER_FRAMES).map(([type, { durable, payload }]) => [
  type,
  { durable, payload: shape(payload, 'output') },
]);
const requests = makeRoutes().map((route) => [
  `${route.method} ${route.path}`,
  {
    open: route.open,
    params: shape(route.params, 'input'),
    query: shape(route.query, 'input'),
    body: shape(route.body, 'input'),
    answers: Object.fromEntries(
      Object.entries(route.answers).map(([status, schema]) => [
        status,
        schema === null ? null : shape(schema, 'output'),
      ]),
    ),
    statuses: documentedStatuses(route),
  },
]);

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
      Object.entries(CLIENT_FRAMES).map(([type, schema]) => [type, shape(schema, 'input')]),
    ),
    down: Object.fromEntries(frames) as unknown,
    http: Object.fromEntries(requests) as unknown,
  }),
);
