import type { Config } from '../config/config.ts';
import type { Answer } from '../operator/requests.ts';
import { systemClock } from '../runtime/clock.ts';
import { command, type CommandGroup } from './command.ts';
import { durationOf } from './duration.ts';
import { withSession } from './session.ts';
import { table, timeText } from './table.ts';

const UNASKED: Readonly<Record<Config['registration'], string | null>> = {
  invite: null,
  open: 'PARLEY_REGISTRATION is open here. A server that runs so asks nobody for a code.',
  closed: 'PARLEY_REGISTRATION is closed here. A server that runs so takes nobody, with a code neither.',
};

const create = command({
  // Also what `parley invite` alone does.
  name: ['create', '$0'],
  describe: 'Make a code with which people can register',
  options: (argv) =>
    argv
      .option('uses', { type: 'number', default: 1, describe: 'How many people can register with it' })
      .option('expires', {
        type: 'string',
        describe: 'How long it is good, such as 12h or 7d. Default: for ever',
      }),
  async run({ uses, expires }, output) {
    const ttl_ms = expires === undefined ? null : durationOf(expires);
    await withSession(async ({ ask, config, dataDir }) => {
      const answer = await ask('invite.create', { uses, ttl_ms });
      // Only its hash is stored, so it cannot be shown again.
      output.result(answer, answer.code);
      const who =
        uses === 1 ? 'One person can register with it, once,' : `${String(uses)} people can register with it`;
      output.note(`${who} at the server of ${dataDir}.`);
      const unasked = UNASKED[config.registration];
      if (unasked !== null) output.note(unasked);
    });
  },
});

type Invite = Answer<'invite.list'>['invites'][number];

const stateOf = (invite: Invite): string => {
  if (invite.revoked_at !== null) return 'revoked';
  if (invite.uses_left === 0) return 'used up';
  return invite.expires_at !== null && Date.parse(invite.expires_at) <= systemClock.now()
    ? 'expired'
    : 'open';
};

const list = command({
  name: 'list',
  describe: 'List invitations, the newest first. Codes are not stored, so they cannot be shown',
  options: (argv) =>
    argv
      .option('before', { type: 'number', describe: 'Continue before this number' })
      .option('limit', { type: 'number', default: 100, describe: 'At most so many, up to 1,000' }),
  async run({ before, limit }, output) {
    await withSession(async ({ ask }) => {
      const answer = await ask('invite.list', { before: before ?? null, limit });
      const rows = answer.invites.map((invite) => [
        ...[String(invite.id), stateOf(invite), String(invite.uses), String(invite.uses_left)],
        ...[timeText(invite.created_at), timeText(invite.expires_at), timeText(invite.used_at)],
      ]);
      output.result(
        answer,
        table(['NUMBER', 'STATE', 'USED', 'LEFT', 'CREATED', 'EXPIRES', 'LAST USED'], rows),
      );
    });
  },
});

const revoke = command({
  name: 'revoke <number>',
  describe: 'Make an invitation useless. Who has registered with it stays',
  options: (argv) => argv.positional('number', { type: 'number', demandOption: true }),
  async run({ number }, output) {
    await withSession(async ({ ask }) => {
      const answer = await ask('invite.revoke', { id: number });
      const words = answer.changed ? 'is revoked' : 'was revoked already';
      output.result(answer, `Invitation ${String(number)} ${words}`);
    });
  },
});

export const inviteCommands: CommandGroup = {
  name: 'invite',
  describe: 'Invitations, for a server with PARLEY_REGISTRATION=invite',
  commands: [create, list, revoke],
};
