import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from '../support/paths.ts';

interface TypeErrors {
  readonly eachErrorOnce: (output: string) => string;
}
const { eachErrorOnce } = (await import(
  pathToFileURL(join(repositoryRoot, 'scripts/type-errors.mjs')).href
)) as TypeErrors;

test('an error that several projects report is printed once, with all of its lines', () => {
  const first = "server/a.ts(1,2): error TS2322: Type '1'.\n  Types of property 'b'.\n    Type 'c'.\n";
  const alike = "server/a.ts(1,2): error TS2322: Type '1'.\n  Types of property 'd'.\n";
  const other = 'ui/b.ts(3,4): error TS2741: Missing.\n';
  assert.equal(eachErrorOnce(`${first}${other}${first}${alike}${other}`), `${first}${other}${alike}`);
  assert.equal(eachErrorOnce(''), '');
});
