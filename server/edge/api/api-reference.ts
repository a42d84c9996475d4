import { asyncApiDocument } from './asyncapi.ts';
import { openApiDocument } from './openapi.ts';
import { referencePage } from './reference/page.ts';
import type { Route } from './route.ts';

/** The page at `/docs`, made from the same documents that programs get. */
export const apiReference = (routes: readonly Route[]): string =>
  referencePage(openApiDocument(routes), asyncApiDocument());
