import * as z from 'zod/mini';
import { count } from '../fields.ts';

/** Where a browser finds the export of the user who asked, for `expires_in` seconds and once. */
export const exportLink = z.strictObject({ path: z.string(), expires_in: count });
export type ExportLink = z.infer<typeof exportLink>;
export const exportLinkParams = z.strictObject({ token: z.string().check(z.maxLength(1024)) });
