import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { repositoryRoot } from '../support/paths.ts';
import { OLD_SCHEMA } from './old-version.ts';
import type { UserContent } from './stored-content.ts';

export const FIXTURES = join(repositoryRoot, 'test/fixtures/upgrade');
export const fixtureName = `schema-${String(OLD_SCHEMA)}`;

const read = (ending: string): Buffer =>
  gunzipSync(readFileSync(join(FIXTURES, `${fixtureName}.${ending}.gz`)));

/** Unpacks a data directory as the old version left it. Returns what it told its users. */
export const unpackFixture = (dataDir: string): readonly UserContent[] => {
  execFileSync('tar', ['x', '-C', dataDir, '--no-same-owner'], { input: read('tar') });
  return JSON.parse(read('json').toString('utf8')) as readonly UserContent[];
};
