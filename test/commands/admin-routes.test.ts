import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Command } from '../../server/commands/command.ts';
import { COMMANDS, GROUPS } from '../../server/commands/program.ts';
import { makeRoutes } from '../../server/edge/api/table.ts';
import { repositoryRoot } from '../support/paths.ts';

/** Every route of the admin page, and the command that shows or does the same. */
const COUNTERPARTS: Readonly<Record<string, string>> = {
  'GET /admin/api/users': 'user list',
  'GET /admin/api/users/:username': 'user show',
  'DELETE /admin/api/users/:username': 'user delete',
  'POST /admin/api/users/:username/promote': 'user promote',
  'POST /admin/api/users/:username/demote': 'user demote',
  'POST /admin/api/users/:username/disable': 'user disable',
  'POST /admin/api/users/:username/enable': 'user enable',
  'POST /admin/api/users/:username/reset-password': 'user reset-password',
  'DELETE /admin/api/users/:username/sessions': 'user revoke',
  'DELETE /admin/api/users/:username/sessions/:id': 'user revoke',
  'POST /admin/api/unlock': 'user unlock',
  'GET /admin/api/invites': 'invite list',
  'POST /admin/api/invites': 'invite create',
  'DELETE /admin/api/invites/:id': 'invite revoke',
  'GET /admin/api/status': 'status',
  'GET /admin/api/settings': 'settings',
  'GET /admin/api/doctor': 'doctor',
  'GET /admin/api/audit': 'audit',
  'GET /admin/api/backups': 'backups list',
  'POST /admin/api/backups': 'backups start',
  'GET /admin/api/threads': 'inspect',
  'GET /admin/api/hosts': 'inspect',
  'GET /admin/api/traces': 'trace list',
  'POST /admin/api/traces': 'trace next',
  'DELETE /admin/api/traces': 'trace cancel',
};

const namesOf = ({ name }: Command): readonly string[] =>
  [name].flat().map((each) => each.split(' ')[0] ?? '');
const commands = [
  ...COMMANDS.flatMap(namesOf),
  ...GROUPS.flatMap((group) => group.commands.flatMap(namesOf).map((name) => `${group.name} ${name}`)),
];

test('whatever the admin page can do or show, a command can too', () => {
  const routes = makeRoutes()
    .filter(({ path }) => path.startsWith('/admin/'))
    .map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(routes.sort(), Object.keys(COUNTERPARTS).sort());
  for (const [route, command] of Object.entries(COUNTERPARTS))
    assert.ok(commands.includes(command), `${route}: there is no command ${command}`);
});

test('docs/operate.md or a page beside it explains every command', () => {
  const pages = ['operate', 'backup', 'import', 'retention', 'postgresql'].map((page) =>
    readFileSync(join(repositoryRoot, `docs/${page}.md`), 'utf8'),
  );
  const text = pages.join('\n');
  const missing = commands.filter((name) => !name.endsWith('$0') && !isExplained(text, name));
  assert.deepEqual(missing, []);
});

/** Also as a further word for a command that stands before it in the same cell: `parley user promote NAME`, `demote`. */
const isExplained = (text: string, name: string): boolean => {
  if (text.includes(`parley ${name}`)) return true;
  const [group = '', action] = name.split(' ');
  return action !== undefined && new RegExp(`parley ${group} [^|\\n]*\`${action}\``).test(text);
};
