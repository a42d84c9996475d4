import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { anchorsIn } from '../support/documents.ts';
import { repositoryRoot } from '../support/paths.ts';

const read = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8');
const documents = [
  ...readdirSync(repositoryRoot).filter((file) => file.endsWith('.md')),
  ...readdirSync(join(repositoryRoot, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

test('every link from one document to another, or to a heading, leads somewhere', () => {
  let links = 0;
  for (const document of documents) {
    for (const [, link = ''] of read(document).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      links += 1;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? document : normalize(join(dirname(document), path));
      assert.ok(existsSync(join(repositoryRoot, target)), `${document}: ${link}`);
      if (anchor !== undefined && target.endsWith('.md')) {
        assert.ok(anchorsIn(read(target)).includes(anchor), `${document}: ${link}`);
      }
    }
  }
  assert.ok(links > 100);
});

test('the pages for operators can be reached from the README', () => {
  for (const page of [
    'install',
    'upgrade',
    'backup',
    'troubleshoot',
    'operate',
    'proxies',
    'postgresql',
    'scale',
  ]) {
    assert.ok(read('README.md').includes(`(docs/${page}.md)`), page);
  }
});

/** Lines that do something: comments and empty ones do not count. */
const linesOfCode = (code: string): number =>
  code.split('\n').filter((line) => !/^\s*(?:\/\/.*|\/\*\*.*| \* .*)?$/.test(line)).length;

test('the client of docs/write-a-client.md is docs/client.mjs, and has at most 60 lines', () => {
  const client = read('docs/client.mjs');
  assert.ok(read('docs/write-a-client.md').includes(`\`\`\`js\n${client}\`\`\`\n`));
  assert.ok(linesOfCode(client) > 40);
  assert.ok(linesOfCode(client) <= 60, String(linesOfCode(client)));
});

test('every rule that docs/write-a-client.md and its client name is a rule of the protocol', () => {
  const protocol = read('server/protocol/PROTOCOL.md');
  const named = [...read('docs/write-a-client.md').matchAll(/\[([A-Z]\d+)\]/g)].map(([, rule = '']) => rule);
  assert.ok(new Set(named).size > 20);
  for (const rule of named) assert.ok(protocol.includes(`- **${rule}** `), rule);
});
