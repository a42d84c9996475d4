import { asyncApiDocument } from './asyncapi.ts';
import { authRoutes } from './auth.ts';
import { conversationRoutes } from './conversations.ts';
import { meRoutes } from './me.ts';
import { openApiDocument } from './openapi.ts';
import type { Route } from './route.ts';
import { documentRoute, serverStateRoutes } from './server-state.ts';
import { peopleRoutes } from './users.ts';

/** Every route of SPEC §4, the one table: requests are matched and checked by it, and the document is made from it. */
export const makeRoutes = (): readonly Route[] => {
  const routes: readonly Route[] = [
    ...authRoutes,
    ...meRoutes,
    ...peopleRoutes,
    ...conversationRoutes,
    ...serverStateRoutes,
    documentRoute(
      '/openapi.json',
      {
        summary: 'OpenAPI document',
        description: 'This document, made from the schemas that check requests.',
      },
      () => openApiDocument(routes),
    ),
    documentRoute(
      '/asyncapi.json',
      {
        summary: 'AsyncAPI document',
        description: 'The WebSocket protocol, made from the schemas that check frames.',
      },
      asyncApiDocument,
    ),
  ];
  return routes;
};
