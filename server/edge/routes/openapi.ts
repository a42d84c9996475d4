import { createDocument, type ZodOpenApiOperationObject } from 'zod-openapi';
import { ERRORS, type ErrorCode } from '../../protocol/errors.ts';
import { healthAnswer, problem } from '../../protocol/http.ts';
import { conversation, deletedUser, livingUser, message, session } from '../../protocol/views.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';
import type { Route } from './route.ts';

/** The OpenAPI 3.1 document of a route table, from the schemas that check its traffic. */
export const openApiDocument = (routes: readonly Route[]): Record<string, unknown> => {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  const document = createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Parley',
      version: String(PROTOCOL_VERSION),
      description: 'Chat for two people at a time.',
    },
    paths: paths,
    components: {
      schemas: {
        User: livingUser,
        DeletedUser: deletedUser,
        Message: message,
        Conversation: conversation,
        Session: session,
        Health: healthAnswer,
        Problem: problem,
      },
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  });
  return document as unknown as Record<string, unknown>;
};

const operation = (route: Route): ZodOpenApiOperationObject => {
  const { params, query, body } = route;
  const requestParams = {
    ...(params === undefined ? {} : { path: params }),
    ...(query === undefined ? {} : { query }),
  };
  return {
    operationId: operationId(route),
    summary: route.summary,
    security: route.open ? [] : [{ accessToken: [] }],
    ...((params ?? query)
      ? { requestParams: requestParams as NonNullable<ZodOpenApiOperationObject['requestParams']> }
      : {}),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: { ...successes(route), ...failures(route) },
  };
};

const operationId = ({ method, path }: Route): string =>
  [method.toLowerCase(), ...path.split('/').map((part) => part.replace(/\W/g, ''))].filter(Boolean).join('_');

const successes = (route: Route): ZodOpenApiOperationObject['responses'] =>
  Object.fromEntries(
    Object.entries(route.answers).map(([status, schema]) => [
      status,
      schema === null
        ? { description: 'Done' }
        : { description: 'The answer', content: { 'application/json': { schema } } },
    ]),
  );

/** What any route can answer, what its inputs can lead to, and what it says of itself. */
const failures = (route: Route): ZodOpenApiOperationObject['responses'] => {
  const codes = new Set<ErrorCode>(['bad_request', 'payload_too_large', 'internal', 'unavailable']);
  if (!route.open) codes.add('unauthorized');
  if (route.body !== undefined) codes.add('unsupported_media_type');
  for (const code of route.errors ?? []) codes.add(code);
  return Object.fromEntries(
    [...codes]
      .filter((code) => !(ERRORS[code].status in route.answers))
      .map((code) => [
        String(ERRORS[code].status),
        { description: ERRORS[code].title, content: { 'application/problem+json': { schema: problem } } },
      ]),
  );
};
