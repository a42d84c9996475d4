import { createInterface } from 'node:readline/promises';
import process from 'node:process';
import { command, type Command, type CommandGroup } from './command.ts';
import { UsageError } from './exit-codes.ts';
import { countText } from './output.ts';
import { withSession } from './session.ts';
import { table, timeText } from './table.ts';
import type { Answer, UserLine } from '../operator/requests.ts';

const stateOf = ({ role, disabled_at }: UserLine): string =>
  [...(role === 'admin' ? ['admin'] : []), ...(disabled_at === null ? [] : ['disabled'])].join(', ');

const list = command({
  name: 'list [prefix]',
  describe: 'List users, in the order of their names',
  options: (argv) =>
    argv
      .positional('prefix', { type: 'string', default: '', describe: 'What their names begin with' })
      .option('after', { type: 'string', describe: 'Continue after this name' })
      .option('limit', { type: 'number', default: 100, describe: 'At most so many, up to 1,000' }),
  async run({ prefix, after, limit }, output) {
    await withSession(async ({ ask }) => {
      const answer = await ask('user.list', { prefix, after: after ?? null, limit });
      const rows = answer.users.map((user) => [
        ...[user.username, stateOf(user), timeText(user.created_at), timeText(user.last_seen)],
        String(user.sessions),
      ]);
      output.result(answer, table(['NAME', 'STATE', 'CREATED', 'LAST SEEN', 'SESSIONS'], rows));
      if (answer.next !== null) output.note(`There are more: --after ${answer.next}`);
    });
  },
});

const sessionsText = ({ sessions }: Pick<Answer<'user.show'>, 'sessions'>): string =>
  table(
    ['SESSION', 'LAST USED', 'ADDRESS', 'CONNECTED', 'PROGRAM'],
    sessions.map((session) => [
      ...[session.id, timeText(session.last_activity), session.ip_address],
      ...[session.connected ? 'yes' : 'no', session.user_agent],
    ]),
  );

const show = command({
  name: 'show <name>',
  describe: 'Show a user and their sessions',
  options: (argv) => argv.positional('name', { type: 'string', demandOption: true }),
  async run({ name }, output) {
    await withSession(async ({ ask }) => {
      const answer = await ask('user.show', { username: name });
      const { user } = answer;
      const lines = [
        `${user.username} (${user.id})`,
        `display name: ${user.display_name ?? 'none'}`,
        `about: ${user.about ?? 'nothing'}`,
        `avatar: ${user.avatar ?? 'none'}`,
        `role: ${user.role}`,
        `created: ${timeText(user.created_at)}`,
        `last seen: ${timeText(user.last_seen)}`,
        `disabled: ${user.disabled_at === null ? 'no' : timeText(user.disabled_at)}`,
      ];
      output.result(
        answer,
        [...lines, ...(answer.sessions.length > 0 ? ['', sessionsText(answer)] : [])].join('\n'),
      );
    });
  },
});

const sessions = command({
  name: 'sessions <name>',
  describe: 'List the sessions of a user',
  options: (argv) => argv.positional('name', { type: 'string', demandOption: true }),
  async run({ name }, output) {
    await withSession(async ({ ask }) => {
      const { sessions: found } = await ask('user.show', { username: name });
      output.result({ sessions: found }, sessionsText({ sessions: found }));
    });
  },
});

const revoke = command({
  name: 'revoke <name> [session]',
  describe: 'End one session of a user, or with --all every one',
  options: (argv) =>
    argv
      .positional('name', { type: 'string', demandOption: true })
      .positional('session', { type: 'string', describe: 'Its id: parley user sessions NAME lists them' })
      .option('all', { type: 'boolean', default: false, describe: 'End all sessions' }),
  async run({ name, session, all }, output) {
    if (all === (session !== undefined)) throw new UsageError('Name a session, or give --all.');
    await withSession(async ({ ask }) => {
      const answer = await ask('user.revoke', { username: name, session_id: session ?? null });
      output.result(answer, `${countText(answer.ended, 'session')} of ${name} ended`);
    });
  },
});

const resetPassword = command({
  name: 'reset-password <name>',
  describe: 'Make a one-time code with which a user can choose a new password, for 24 hours',
  options: (argv) => argv.positional('name', { type: 'string', demandOption: true }),
  async run({ name }, output) {
    await withSession(async ({ ask }) => {
      const answer = await ask('user.reset-password', { username: name });
      output.result(answer, answer.code);
      output.note(
        `${name} can choose a new password until ${timeText(answer.expires_at)} at the address of your server, ` +
          `followed by /#/reset/${answer.code}. This ends all their sessions. Give it to nobody else.`,
      );
    });
  },
});

const unlock = command({
  name: 'unlock <name|address>',
  describe: 'Forget the failed logins with a name, or from an address, so that logins are possible again',
  options: (argv) => argv.positional('name', { type: 'string', demandOption: true }),
  async run({ name }, output) {
    await withSession(async ({ ask }) => {
      const answer = await ask('user.unlock', { target: name });
      output.result(answer, `${countText(answer.failures, 'failed login')} forgotten`);
    });
  },
});

/** A change that takes a name and has two outcomes. */
const change = (
  verb: 'promote' | 'demote' | 'disable' | 'enable',
  describe: string,
  [done, before]: readonly [string, string],
): Command =>
  command({
    name: `${verb} <name>`,
    describe,
    options: (argv) => argv.positional('name', { type: 'string', demandOption: true }),
    async run({ name }, output) {
      await withSession(async ({ ask }) => {
        const answer = await ask(`user.${verb}`, { username: name });
        output.result(answer, `${name} ${answer.changed ? done : before}`);
      });
    },
  });

const remove = command({
  name: 'delete <name>',
  describe: 'Delete an account for good. Those they wrote to keep the messages, from "Deleted User"',
  options: (argv) =>
    argv
      .positional('name', { type: 'string', demandOption: true })
      .option('yes', { type: 'boolean', default: false, describe: 'Do not ask' }),
  async run({ name, yes }, output) {
    if (!yes) await confirm(`Type ${name} to delete this account for good: `, name);
    await withSession(async ({ ask }) => {
      await ask('user.delete', { username: name });
      output.result({ deleted: name }, `${name} is deleted`);
    });
  },
});

/** @throws UsageError where nobody can be asked, and for any other answer */
const confirm = async (question: string, expected: string): Promise<void> => {
  if (!process.stdin.isTTY) throw new UsageError('This cannot be undone. Give --yes if you are sure.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(question);
  terminal.close();
  if (answer.trim() !== expected) throw new UsageError('Nothing was deleted.');
};

export const userCommands: CommandGroup = {
  name: 'user',
  describe: 'Users: passwords, roles, sessions',
  commands: [
    ...[list, show, sessions, revoke, resetPassword, unlock],
    change('promote', 'Make a user an admin', ['is an admin now', 'was an admin already']),
    change('demote', 'Take the role of admin from a user', ['is no admin any more', 'was no admin']),
    change('disable', 'End all sessions of a user and refuse logins. The history stays', [
      'is disabled: all sessions have ended',
      'was disabled already',
    ]),
    change('enable', 'Allow a disabled user to log in again', ['can log in again', 'was not disabled']),
    remove,
  ],
};
