import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HEADER, RECORDS } from '../../../server/storage/transfer/export-record.ts';
import { repositoryRoot } from '../../support/paths.ts';

const text = readFileSync(join(repositoryRoot, 'docs/export-format.md'), 'utf8');

const keysIn = (section: string): readonly string[] =>
  [...section.matchAll(/^\| `(\w+)`/gm)].map(([, key = '']) => key);

test('docs/export-format.md has every type and every key, in their order, and no other', () => {
  assert.ok(text.includes(HEADER));
  const sections = text.split(/^### /m).slice(1);
  const described = sections.map((section) => ({
    type: /^`(\w+)`/.exec(section)?.[1],
    keys: keysIn(section.split(/^Each side:$/m)[0] ?? ''),
  }));
  assert.deepEqual(
    described,
    Object.entries(RECORDS).map(([type, { shape }]) => ({
      type,
      keys: Object.keys(shape).filter((key) => key !== 'type'),
    })),
  );
  const side = text.split(/^Each side:$/m)[1]?.split(/^### /m)[0] ?? '';
  assert.deepEqual(keysIn(side), Object.keys(RECORDS.conversation.shape.sides.def.items[0].shape));
});
