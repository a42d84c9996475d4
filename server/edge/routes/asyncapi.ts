import * as z from 'zod/mini';
import { DOWN } from '../../protocol/down.ts';
import { CLOSE } from '../../protocol/errors.ts';
import { count, timestamp, uuid, witness } from '../../protocol/fields.ts';
import { UP } from '../../protocol/up.ts';
import { PROTOCOL_VERSION, SUBPROTOCOL } from '../../protocol/version.ts';

type Json = Record<string, unknown>;

/** What a client says it holds when it connects. */
const openingQuery = z.strictObject({
  cursor: z.optional(count),
  history: z.optional(uuid),
  witness: z.optional(witness),
});

/** The AsyncAPI 3 document of the WebSocket, from the schemas that check its frames. `send` and `receive` are the
 *  server's: it receives what goes up. */
export const asyncApiDocument = (): Json => {
  const up = Object.entries(UP).map(([type, payload]) => frame('up', type, payload, false));
  const down = Object.entries(DOWN).map(([type, { payload, durable }]) =>
    frame('down', type, payload, durable),
  );
  const all = [...up, ...down];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Parley',
      version: String(PROTOCOL_VERSION),
      description:
        'One JSON envelope a text frame. Authenticate with the header Authorization: Bearer TOKEN, or with the ' +
        `subprotocols ${SUBPROTOCOL} and bearer.TOKEN. Close codes: ${closeCodes()}.`,
    },
    defaultContentType: 'application/json',
    channels: {
      ws: {
        address: '/ws',
        messages: Object.fromEntries(all.map(({ key }) => [key, { $ref: `#/components/messages/${key}` }])),
        bindings: {
          ws: {
            method: 'GET',
            query: schemaOf(openingQuery, 'output'),
          },
        },
      },
    },
    operations: {
      receive: operation('receive', up),
      send: operation('send', down),
    },
    components: { messages: Object.fromEntries(all.map(({ key, message }) => [key, message])) },
  };
};

interface Frame {
  readonly key: string;
  readonly message: Json;
}

const frame = (direction: 'up' | 'down', type: string, payload: z.ZodMiniType, durable: boolean): Frame => {
  const common = { id: uuid, type: z.literal(type), payload };
  const envelope =
    direction === 'up'
      ? z.strictObject({ ...common, timestamp: z.optional(timestamp) })
      : z.strictObject({ ...common, timestamp, ...(durable ? { cursor: count } : {}) });
  const message = {
    name: type,
    title: type,
    payload: schemaOf(envelope, direction === 'up' ? 'input' : 'output'),
  };
  return { key: `${direction}_${type}`, message };
};

const operation = (action: 'send' | 'receive', frames: readonly Frame[]): Json => ({
  action,
  channel: { $ref: '#/channels/ws' },
  messages: frames.map(({ key }) => ({ $ref: `#/channels/ws/messages/${key}` })),
});

const schemaOf = (schema: z.ZodMiniType, io: 'input' | 'output'): Json => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io }) as Json;
  return rest;
};

const closeCodes = (): string =>
  Object.entries(CLOSE)
    .map(([name, code]) => `${String(code)} ${name}`)
    .join(', ');
