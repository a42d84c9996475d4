import { STATUS_CODES } from 'node:http';
import type * as z from 'zod/mini';
import { createDocument, type ZodOpenApiObject } from 'zod-openapi';
import { ERRORS, type ErrorCode } from '../../protocol/errors.ts';
import { healthAnswer } from '../../protocol/resources/health.ts';
import { messagesQuery, PAGE_POSITIONS, message } from '../../protocol/resources/message.ts';
import { problem } from '../../protocol/resources/problem.ts';
import { searchAnswer } from '../../protocol/resources/search.ts';
import { conversation } from '../../protocol/resources/conversation.ts';
import { deletedUser, livingUser } from '../../protocol/resources/user.ts';
import { session } from '../../protocol/resources/session.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';
import { DESCRIBED } from './documents/described.ts';
import { complete, described, type Json } from './documents/json-schema.ts';
import {
  errorResponse,
  headerRef,
  HEADERS,
  headOnly,
  REQUEST_ID,
  responseName,
  responseRef,
} from './documents/responses.ts';
import { FileOf, type Route, type Tag } from './route.ts';

const TAGS: Readonly<Record<Tag, string>> = {
  accounts: 'Creating, changing and deleting an account.',
  sessions: 'Logging in and out. A session is the login of one device.',
  push: 'Being told of messages while no window is open, by Web Push (RFC 8030). A subscription belongs to a session.',
  users: 'Looking up other users.',
  conversations: 'Creating, listing and deleting conversations.',
  messages:
    'Reading the messages of a conversation. New messages are sent and received over the WebSocket (/asyncapi.json).',
  search: 'Finding messages, conversations and users.',
  server: 'The state of the server and its documents.',
  administration:
    'What admins may do, as operators do with the command line. Everybody else is refused with `forbidden`. No message is shown here.',
};

const DESCRIPTION = `Chat between two users. Messages are sent and received over a WebSocket, which /asyncapi.json describes. Everything else uses these routes.

- Requests and answers are JSON in UTF-8. Timestamps are RFC 3339 in UTC with milliseconds, and ids are lower-case UUIDs. Unknown fields in a body are refused, and so are unknown query parameters on routes that have a query.
- Every error is \`application/problem+json\` with a \`code\`. Every answer carries \`X-Request-Id\`.
- Each path that supports GET also supports HEAD, which returns the same headers without a body. All paths support OPTIONS. Any other method is answered with 405 and \`Allow\`, as shown in \`x-any-other-method\`.
- A malformed request head is answered with 400, 431 or 505 without a body, and the connection is closed.`;

const COMPONENTS: NonNullable<ZodOpenApiObject['components']> = {
  schemas: {
    User: livingUser,
    DeletedUser: deletedUser,
    Message: message,
    Conversation: conversation,
    Positions: conversation.shape.delivered_seq,
    Session: session,
    MessageHit: searchAnswer.shape.messages._zod.def.element,
    ConversationHit: searchAnswer.shape.conversations._zod.def.element,
    UserHit: searchAnswer.shape.users._zod.def.element,
    Health: healthAnswer,
    Problem: problem,
  },
  securitySchemes: {
    accessToken: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'The `access_token` of a login, a registration or a refresh.',
    },
  },
};

/** Builds the OpenAPI 3.1 document of a route table from the schemas that check its traffic. */
export const openApiDocument = (routes: readonly Route[]): Json => {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const item = (paths[pathOf(route.path)] ??= {});
    item[route.method.toLowerCase()] = operation(route, route.method);
    if (route.method === 'GET') item['head'] = operation(route, 'HEAD');
  }
  const document = createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Parley',
        version: String(PROTOCOL_VERSION),
        description: DESCRIPTION,
        license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
        contact: { name: 'The operator of this server' },
      },
      servers: [{ url: '/', description: 'The server that delivered this document' }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      paths,
      components: COMPONENTS,
    },
    { override: complete },
  ) as unknown as Json & { readonly components: Json; readonly paths: Paths };
  const responses = Object.fromEntries(
    [...new Set(routes.flatMap(errorCodes))].map((code) => [responseName(code), errorResponse(code)]),
  );
  describeParameters(routes, document.paths);
  return described({
    ...document,
    'x-any-other-method': errorResponse('method_not_allowed'),
    components: { ...document.components, headers: HEADERS, responses },
  });
};

type Paths = Record<string, Record<string, { parameters?: { name: string; description?: string }[] }>>;

const describeParameters = (routes: readonly Route[], paths: Paths): void => {
  for (const { path, params, query } of routes) {
    const words = [params, query].map((schema) =>
      schema === undefined ? {} : DESCRIBED.get(schema)?.fields,
    );
    const fields: Readonly<Record<string, string>> = Object.assign({}, ...words) as Record<string, string>;
    for (const { parameters = [] } of Object.values(paths[pathOf(path)] ?? {})) {
      for (const parameter of parameters) {
        const description = fields[parameter.name];
        if (description !== undefined) parameter.description = description;
      }
    }
  }
};

/** Converts `/users/:id` to OpenAPI's `/users/{id}`. */
const pathOf = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

type Method = Route['method'] | 'HEAD';

const operation = (route: Route, method: Method): Json => {
  const { params, query, body, upload } = route;
  const requestParams = {
    ...(params === undefined ? {} : { path: params }),
    ...(query === undefined ? {} : { query }),
  };
  const head = method === 'HEAD';
  return {
    operationId: operationId(method, route.path),
    tags: [route.tag],
    summary: head ? `${route.summary} (head)` : route.summary,
    description: head
      ? `Returns the headers of the GET request, without a body. ${route.description}`
      : route.description,
    security: route.open ? [] : [{ accessToken: [] }],
    ...((params ?? query) ? { requestParams: requestParams } : {}),
    ...(query === messagesQuery ? { 'x-mutually-exclusive': PAGE_POSITIONS } : {}),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            description: DESCRIBED.get(body)?.summary ?? 'The input of the operation.',
            required: true,
            content: { 'application/json': { schema: body, ...exampleOf(body) } },
          },
        }),
    ...(upload === undefined
      ? {}
      : {
          requestBody: {
            description: 'The file.',
            required: true,
            content: fileContent(upload instanceof FileOf ? upload : ANY_FILE),
          },
        }),
    responses: { ...successes(route, head), ...failures(route, head) },
  };
};

const operationId = (method: Method, path: string): string =>
  [method.toLowerCase(), ...path.split('/').map((part) => part.replace(/\W/g, ''))].filter(Boolean).join('_');

const ANY_FILE = new FileOf(['*/*']);

/** Bytes, and no text in them that stands for bytes. */
const fileContent = ({ types }: FileOf): Json =>
  Object.fromEntries(types.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]));

const exampleOf = (schema: z.ZodMiniType): Json => {
  const example = DESCRIBED.get(schema)?.example;
  return example === undefined ? {} : { example };
};

const successes = (route: Route, head: boolean): Json =>
  Object.fromEntries(
    Object.entries(route.answers).map(([status, schema]) => {
      const retry = status === '503' ? { 'Retry-After': headerRef('RetryAfter') } : {};
      const answered = {
        description:
          `${STATUS_CODES[status] ?? ''}. ${(schema === null || schema instanceof FileOf ? undefined : DESCRIBED.get(schema)?.summary) ?? ''}`.trim(),
        headers: { ...REQUEST_ID, ...retry },
      };
      if (schema === null || head) return [status, answered];
      if (schema instanceof FileOf) return [status, { ...answered, content: fileContent(schema) }];
      // A server that is too busy for the check answers with an error, which has the same status.
      const error = status === '503' ? (errorResponse('unavailable')['content'] as Json) : {};
      const content = { 'application/json': { schema, ...exampleOf(schema) }, ...error };
      return [status, { ...answered, content }];
    }),
  );

/** The codes that every route can answer, those that follow from its inputs, and those that it declares itself. */
const errorCodes = (route: Route): readonly ErrorCode[] => [
  ...new Set<ErrorCode>([
    'bad_request',
    ...(route.open ? [] : (['unauthorized'] as const)),
    ...(route.errors ?? []),
    'payload_too_large',
    ...(route.body === undefined && !(route.upload instanceof FileOf)
      ? []
      : (['unsupported_media_type'] as const)),
    'internal',
    'unavailable',
  ]),
];

const failures = (route: Route, head: boolean): Json =>
  Object.fromEntries(
    errorCodes(route)
      .filter((code) => !(ERRORS[code].status in route.answers))
      .map((code) => [String(ERRORS[code].status), head ? headOnly(code) : responseRef(code)]),
  );
