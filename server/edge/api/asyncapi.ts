import * as z from 'zod/mini';
import { SERVER_FRAMES, type ServerFrameType } from '../../protocol/server-frames.ts';
import { CLOSE } from '../../protocol/close-codes.ts';
import { count, timestamp, uuid, witness } from '../../protocol/fields.ts';
import { CLIENT_FRAMES, type ClientFrameType } from '../../protocol/client-frames.ts';
import { PROTOCOL_VERSION, SUBPROTOCOL } from '../../protocol/version.ts';
import { IDS, TIMES } from './documents/examples.ts';
import { CLIENT_FRAME_EXAMPLES, SERVER_FRAME_EXAMPLES } from './documents/frame-words.ts';
import { written, type Json } from './documents/json-schema.ts';

/** The query parameters with which a client says where it wants to resume. */
const openingQuery = z.strictObject({
  cursor: z.optional(count),
  history: z.optional(uuid),
  witness: z.optional(witness),
  presence: z.optional(z.enum(['online', 'offline'])),
});

const OPENING = {
  cursor: 'The last event that the client has. The server replays those after it.',
  history: 'The database that the cursor belongs to: `history` of an earlier `welcome`.',
  witness: 'The newest message that the client has and its cursor, as `MESSAGE_ID:CURSOR`.',
  presence: 'With `offline`, the connection is invisible from the start.',
};

/** Builds the AsyncAPI 3 document of the WebSocket from the schemas that check its frames. `send` and `receive` are
 *  meant from the server's side: the server receives client frames. */
export const asyncApiDocument = (): Json => {
  const up = (Object.keys(CLIENT_FRAMES) as ClientFrameType[]).map(fromClient);
  const down = (Object.keys(SERVER_FRAMES) as ServerFrameType[]).map(fromServer);
  const all = [...up, ...down];
  return {
    asyncapi: '3.1.0',
    info: {
      title: 'Parley',
      version: String(PROTOCOL_VERSION),
      description:
        'Each text frame holds one JSON object. Authenticate with the header Authorization: Bearer TOKEN, or with the ' +
        `subprotocols ${SUBPROTOCOL} and bearer.TOKEN. Close codes: ${closeCodes()}.`,
      license: { name: 'Apache License 2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      contact: { name: 'The operator of this server' },
      tags: [tagRef('client'), tagRef('server')],
    },
    defaultContentType: 'application/json',
    servers: { here: SERVER },
    channels: {
      ws: {
        address: '/ws',
        title: 'The WebSocket',
        description:
          'The server sends `welcome`, then the events that the client has missed, then `sync`, and then live events. A user may have at most ten connections.',
        messages: Object.fromEntries(all.map(({ key }) => [key, { $ref: `#/components/messages/${key}` }])),
        bindings: { ws: { method: 'GET', query: withWords(written(openingQuery, 'output'), OPENING) } },
      },
    },
    operations: {
      receive: operation('receive', 'client', 'The frames that a client may send.', up),
      send: operation('send', 'server', 'The frames that the server sends.', down),
    },
    components: {
      messages: Object.fromEntries(all.map(({ key, message }) => [key, message])),
      securitySchemes: { accessToken: ACCESS_TOKEN },
      tags: {
        client: { name: 'client', description: 'Frames from the client' },
        server: { name: 'server', description: 'Frames from the server' },
      },
    },
  };
};

const tagRef = (name: 'client' | 'server'): Json => ({ $ref: `#/components/tags/${name}` });
const SECURITY = [{ $ref: '#/components/securitySchemes/accessToken' }];
const ACCESS_TOKEN: Json = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: `An access token of the HTTP API. Browsers cannot set the header. They send the token as the subprotocol bearer.TOKEN, together with ${SUBPROTOCOL}.`,
};
const SERVER: Json = {
  host: '{host}',
  protocol: 'wss',
  description: 'The server that delivered this document. If no proxy provides TLS, the protocol is ws.',
  variables: { host: { description: 'Host and port of the server', default: 'localhost:8080' } },
  security: SECURITY,
};

interface Frame {
  readonly key: string;
  readonly message: Json;
}

const FIELDS = {
  id: 'The id of the frame, chosen by its sender. It becomes the id of a `message`. An `error` names it in `ref`.',
  type: 'The frame type.',
  timestamp: 'When the frame was created.',
  payload: 'The content of the frame.',
  cursor: 'The position of this event in the user’s event log. It rises by exactly 1 with each event.',
};

/** The schema of an object, with descriptions of those fields that it has. */
const withWords = (schema: Json, words: Readonly<Record<string, string>>): Json => {
  const properties = Object.entries(schema['properties'] as Record<string, Json>).map(([name, field]) => {
    const description = words[name];
    return [name, description === undefined ? field : { ...field, description }];
  });
  return { ...schema, properties: Object.fromEntries(properties) as Json };
};

const fromClient = (type: ClientFrameType): Frame => {
  const envelope = z.strictObject({
    id: uuid,
    type: z.literal(type),
    timestamp: z.optional(timestamp),
    payload: CLIENT_FRAMES[type].payload,
  });
  const example = { id: IDS.message, type, payload: CLIENT_FRAME_EXAMPLES[type] };
  return frame(
    `up_${type}`,
    type,
    'client',
    CLIENT_FRAMES[type].meaning,
    written(envelope, 'input'),
    example,
  );
};

const fromServer = (type: ServerFrameType): Frame => {
  const { payload, durable } = SERVER_FRAMES[type];
  const envelope = z.strictObject({
    id: uuid,
    type: z.literal(type),
    timestamp,
    payload: payload,
    ...(durable !== false ? { cursor: count } : {}),
  });
  const example = {
    id: IDS.message,
    type,
    timestamp: TIMES.sent,
    payload: SERVER_FRAME_EXAMPLES[type],
    ...(durable !== false ? { cursor: 42 } : {}),
  };
  return frame(
    `down_${type}`,
    type,
    'server',
    SERVER_FRAMES[type].meaning,
    written(envelope, 'output'),
    example,
  );
};

const frame = (
  key: string,
  type: string,
  tag: 'client' | 'server',
  description: string,
  payload: Json,
  example: Json,
): Frame => {
  const message = {
    name: type,
    title: type,
    summary: description.replace(/(?<=\.) .*/s, ''),
    description,
    contentType: 'application/json',
    tags: [tagRef(tag)],
    payload: withWords(payload, FIELDS),
    examples: [{ name: type, payload: example }],
  };
  return { key, message };
};

const operation = (
  action: 'send' | 'receive',
  tag: 'client' | 'server',
  description: string,
  frames: readonly Frame[],
): Json => ({
  action,
  channel: { $ref: '#/channels/ws' },
  title: description,
  summary: description,
  description,
  security: SECURITY,
  tags: [tagRef(tag)],
  messages: frames.map(({ key }) => ({ $ref: `#/channels/ws/messages/${key}` })),
});

const closeCodes = (): string =>
  Object.entries(CLOSE)
    .map(([name, code]) => `${String(code)} ${name}`)
    .join(', ');
