import * as z from 'zod/mini';
import { errorCode } from '../resources/problem.ts';
import { serverSpec } from './frame-spec.ts';

export const serverError = serverSpec({
  payload: z.strictObject({ code: errorCode, message: z.string(), ref: z.nullable(z.string()) }),
  durable: false,
  meaning: 'A frame was refused.',
  since: 1,
});
