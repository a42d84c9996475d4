import type * as z from 'zod/mini';
import { ADMIN_SERVER_WORDS } from './admin-server-words.ts';
import { INSPECTOR_WORDS } from './inspector-words.ts';
import { ADMIN_WORDS } from './admin-words.ts';
import type { Words } from './describe.ts';
import { FRAME_WORDS } from './frame-words.ts';
import { PUSH_WORDS } from './push-words.ts';
import { REQUEST_WORDS } from './request-words.ts';
import { RESOURCE_WORDS } from './resource-words.ts';

/** The descriptions of all objects on the wire, by schema. */
export const DESCRIBED: ReadonlyMap<z.core.$ZodType, Words> = new Map([
  ...RESOURCE_WORDS,
  ...REQUEST_WORDS,
  ...PUSH_WORDS,
  ...FRAME_WORDS,
  ...ADMIN_WORDS,
  ...ADMIN_SERVER_WORDS,
  ...INSPECTOR_WORDS,
]);
