import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { asyncApiDocument } from '../server/edge/api/asyncapi.ts';
import { openApiDocument } from '../server/edge/api/openapi.ts';
import { makeRoutes } from '../server/edge/api/table.ts';
import { main } from './command.mjs';
import { root } from './root.mjs';
import { runStep } from './run-step.mjs';

/** `npm run lint:documents`: makes the OpenAPI and the AsyncAPI document as the server does, and has two linters look at
 *  them. Neither may find anything. Uses no network. */
await main(async () => {
  const out = join(root, 'dist/documents');
  mkdirSync(out, { recursive: true });
  const files = Object.entries({ openapi: openApiDocument(makeRoutes()), asyncapi: asyncApiDocument() }).map(
    ([name, document]) => {
      const file = join(out, `${name}.json`);
      writeFileSync(file, JSON.stringify(document, null, 2));
      return file;
    },
  );
  Object.assign(env, { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' });
  const bin = (name: string): string => join(root, 'node_modules/.bin', name);
  const config = (name: string): string => join(root, 'scripts/documents', name);
  await runStep(
    'Linting the API documents with Redocly',
    bin('redocly'),
    ['lint', ...['--config', config('redocly.yaml')], ...files],
    root,
  );
  await runStep(
    'Linting the API documents with Spectral',
    bin('spectral'),
    ['lint', ...['--ruleset', config('spectral.yaml'), '--fail-severity', 'hint'], ...files],
    root,
  );
});
