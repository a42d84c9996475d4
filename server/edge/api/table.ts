import { adminInspectorRoutes } from './admin/inspector.ts';
import { adminServerRoutes } from './admin/server.ts';
import { adminUserRoutes } from './admin/users.ts';
import { asyncApiDocument } from './asyncapi.ts';
import { attachmentRoutes } from './attachments.ts';
import { authRoutes } from './auth.ts';
import { blockRoutes } from './blocks.ts';
import { conversationRoutes } from './conversations.ts';
import { meRoutes } from './me.ts';
import { openApiDocument } from './openapi.ts';
import { ownDataRoutes } from './own-data.ts';
import { profileRoutes } from './profile.ts';
import { pushRoutes } from './push.ts';
import type { Route } from './route.ts';
import { documentRoute, serverStateRoutes } from './server-state.ts';
import { peopleRoutes } from './users.ts';

/** The table of all routes. Requests are matched and checked against it, and `/openapi.json` is made from it. */
export const makeRoutes = (): readonly Route[] => {
  const routes: readonly Route[] = [
    ...authRoutes,
    ...meRoutes,
    ...profileRoutes,
    ...ownDataRoutes,
    ...blockRoutes,
    ...pushRoutes,
    ...peopleRoutes,
    ...attachmentRoutes,
    ...conversationRoutes,
    ...serverStateRoutes,
    ...adminUserRoutes,
    ...adminServerRoutes,
    ...adminInspectorRoutes,
    documentRoute(
      '/openapi.json',
      {
        summary: 'OpenAPI document',
        description: 'Returns this document. It is generated from the schemas that validate requests.',
      },
      () => openApiDocument(routes),
    ),
    documentRoute(
      '/asyncapi.json',
      {
        summary: 'AsyncAPI document',
        description:
          'Returns the description of the WebSocket protocol. It is generated from the schemas that validate frames.',
      },
      asyncApiDocument,
    ),
  ];
  return routes;
};
