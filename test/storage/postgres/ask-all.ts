import type { RandomSource } from '../../support/random-source.ts';
import type { Subjects } from './random-history.ts';
import type { SameAnswers } from './same-answers.ts';

const UNKNOWN = 'ffffffff-0000-7000-8000-000000000001';

const askPoints = async (ask: SameAnswers, subjects: Subjects): Promise<void> => {
  await ask.same('storeCounts');
  await ask.same('signups', 'nobody');
  for (const code of [...subjects.codes, Buffer.from('none')]) await ask.same('passwordReset', code);
  for (const id of [...subjects.sessions, UNKNOWN]) {
    await ask.same('session', id);
    await ask.same('sessionHead', id);
  }
  for (const id of [...subjects.conversations, UNKNOWN]) await ask.same('pair', id);
  for (const id of [...subjects.messages.slice(-40), UNKNOWN]) {
    await ask.same('messageLocation', id);
    for (const user of subjects.users) await ask.same('messageCursor', user, id);
  }
  for (const id of [...subjects.attachments.slice(-40), UNKNOWN])
    for (const user of [...subjects.users, UNKNOWN]) await ask.same('attachment', user, id);
  for (const name of [...subjects.names, 'ANN', 'nobody', 'Deleted User', 'a\0', '']) {
    await ask.same('credentials', name);
    await ask.same('userIdByName', name);
    await ask.same('adminUser', name);
  }
};

/** Nobody sees the list of a deleted user, in which conversations are found too. Its order is not exported: their log is gone, and with it
 *  where a conversation without a message was opened. */
const isDeleted = async (ask: SameAnswers, viewer: string): Promise<boolean> =>
  viewer !== UNKNOWN && (await ask.other.me(viewer)) === null;

const askUsers = async (ask: SameAnswers, { users, conversations, sessions }: Subjects): Promise<void> => {
  for (const viewer of [...users, UNKNOWN]) {
    await ask.same('headCursor', viewer);
    await ask.same('credentialsById', viewer);
    await ask.same('me', viewer);
    await ask.samePartners(viewer);
    await ask.same('sessions', viewer, sessions[0] ?? '');
    await ask.same('adminSessions', viewer);
    for (const user of [...users, UNKNOWN]) await ask.same('user', viewer, user);
    await ask.same('avatar', viewer);
    for (const prefix of ['', 'a', 'AN', 'ann', 'zz', 'ä', 'n', 'needle', 'stra hay', 'x', '\0'])
      for (const limit of [1, 3, 50]) await ask.same('users', viewer, prefix, limit);
    for (const id of [...conversations, UNKNOWN]) await ask.same('conversation', viewer, id);
    await ask.same('conversations', viewer, 10, 'nonsense');
    await ask.same('blocks', viewer);
    if (await isDeleted(ask, viewer)) continue;
    for (const limit of [1, 2, 50]) {
      for (let before: string | null = null, more = true; more;) {
        await ask.same('conversations', viewer, limit, before);
        before = (await ask.other.conversations(viewer, limit, before))?.next ?? null;
        more = before !== null;
      }
    }
    for (const only of [{ pinned: true }, { archived: false }, { pinned: false, archived: true }])
      await ask.same('conversations', viewer, 50, null, only);
  }
  for (const id of [...conversations, UNKNOWN]) await ask.same('hasBlock', id);
  await ask.same('presenceOf', [...users, UNKNOWN, ...users]);
  await ask.same('usernames', [...users, UNKNOWN]);
  for (const limit of [2, 100]) {
    await ask.same('adminUsers', { after: null, prefix: '', limit });
    await ask.same('adminUsers', { after: 'Ann', prefix: 'A', limit });
    for (const before of [null, 3]) {
      await ask.same('invites', { before, limit });
      await ask.same('auditRecords', { before, limit });
    }
  }
};

const askHistories = async (ask: SameAnswers, { users, conversations }: Subjects, random: RandomSource) => {
  for (const viewer of users) {
    for (const id of conversations) {
      for (const limit of [1, 5, 200]) {
        const page = { limit };
        const place = random.between(0, 20);
        await ask.same('messages', viewer, id, page);
        await ask.same('messages', viewer, id, { ...page, before: place });
        await ask.same('messages', viewer, id, { ...page, after: place });
        await ask.same('messages', viewer, id, { ...page, around: place });
      }
    }
    const head = await ask.other.headCursor(viewer);
    for (const from of [0, 1, random.between(0, head), head, head + 5]) {
      for (const limit of [1, 7, 256]) await ask.sameLog('eventsAfter', viewer, from, limit);
      // Those after a cursor of one's own: 0 asks for the beginning.
      for (const limit of [1, 7, 256]) await ask.sameLog('undelivered', viewer, from, limit);
    }
  }
  await ask.same('eventsAfter', UNKNOWN, 0, 10);
  await ask.same('undelivered', UNKNOWN, 0, 10);
};

const someTerms = ({ contents }: Subjects, random: RandomSource): string => {
  const points = [...random.pick(contents)];
  const start = random.between(0, points.length - 1);
  return points.slice(start, start + random.between(1, 4)).join('');
};

const askSearches = async (ask: SameAnswers, subjects: Subjects, random: RandomSource): Promise<void> => {
  const fixed = [
    '',
    ' ',
    'needle',
    'HAY  straw',
    'arger',
    'ann',
    'NA',
    '漢',
    'é',
    '\0',
    'a\0',
    '\ud800',
    'deleted',
  ];
  const terms = [...fixed, ...Array.from({ length: 12 }, () => someTerms(subjects, random))];
  for (const viewer of [...subjects.users, UNKNOWN]) {
    if (await isDeleted(ask, viewer)) continue;
    for (const q of terms) {
      for (const limit of [2, 50]) await ask.sameSearch(viewer, q, { limit });
      const before = random.pick(subjects.messages);
      await ask.sameSearch(viewer, q, { type: 'messages', limit: 5, before });
      await ask.same('search', viewer, q, { type: 'users', limit: 3 });
      await ask.same('search', viewer, q, { type: 'conversations', limit: 3 });
    }
  }
};

/** Asks every query for every user, with what a history is about. */
export const askAll = async (ask: SameAnswers, subjects: Subjects, random: RandomSource): Promise<void> => {
  await askPoints(ask, subjects);
  await askUsers(ask, subjects);
  await askHistories(ask, subjects, random);
  await askSearches(ask, subjects, random);
};
