import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, root } from './prepare.mjs';
import { runStep } from './run-step.mjs';
import { main } from './say.mjs';

/** `node scripts/lint-documents.mjs`: makes the OpenAPI and the AsyncAPI document as the server does, and has two linters look at
 *  them. Neither may find anything. Uses no network. */
await main(async () => {
  await prepare('tests');
  const load = (file) => import(pathToFileURL(join(root, 'dist/server/edge/routes', file)).href);
  const [{ openApiDocument }, { asyncApiDocument }, { makeRoutes }] = await Promise.all(
    ['openapi.js', 'asyncapi.js', 'table.js'].map(load),
  );
  const out = join(root, 'dist/documents');
  mkdirSync(out, { recursive: true });
  const files = Object.entries({ openapi: openApiDocument(makeRoutes()), asyncapi: asyncApiDocument() }).map(
    ([name, document]) => {
      const file = join(out, `${name}.json`);
      writeFileSync(file, JSON.stringify(document, null, 2));
      return file;
    },
  );
  Object.assign(process.env, { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' });
  const bin = (name) => join(root, 'node_modules/.bin', name);
  const config = (name) => join(root, 'scripts/documents', name);
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
