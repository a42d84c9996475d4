import { SOCKETS_PER_USER } from '../../../protocol/limits.ts';
import { noPresence } from '../../rules/presence.ts';
import type { PresenceState, Writes } from '../../writes.ts';
import { bulk } from '../bulk.ts';
import { statement, type Sql } from '../sql.ts';
import { done, type AccountWriteMessage, type Done } from './account-write.ts';
import { lockUsers, type LockedUser } from './locked-users.ts';
import { updatePresences, type PresenceUpdate } from './user-presence.ts';

/** Writes about the connections of one user. After a host has died, thousands of users come back at the same moment, so a transaction
 *  takes those of many users. */
export type SharedWriteName = 'openConnection' | 'closeConnections' | 'showConnection' | 'settlePresence';
export type SharedWrite = Extract<AccountWriteMessage, { readonly type: SharedWriteName }>;

const SHARED_WRITES: readonly string[] = [
  'openConnection',
  'closeConnections',
  'showConnection',
  'settlePresence',
] satisfies readonly SharedWriteName[];
export const isSharedWrite = (write: AccountWriteMessage): write is SharedWrite =>
  SHARED_WRITES.includes(write.type);

// Nobody forgets the host before this is committed, and it may beat meanwhile.
const LOCK_HOSTS = statement<[id: string]>(
  'lock_hosts',
  'SELECT id FROM hosts WHERE id = ANY ($1::uuid[]) AND gone_at IS NULL ORDER BY id FOR KEY SHARE',
);
// Whoever is ending the session without the user's lock decides first.
const LOCK_SESSIONS = statement<[id: string, row: number, user: number]>(
  'lock_sessions_of_connections',
  'SELECT id, row, user_row FROM user_sessions WHERE id = ANY ($1::uuid[]) ORDER BY row FOR KEY SHARE',
);
const insertConnections = bulk<AcceptedOpen>(
  'insert_connections',
  [
    ['uuid', ({ input }) => input.socketId],
    ['uuid', ({ input }) => input.hostId],
    ['bigint', ({ user }) => user.row],
    ['bigint', ({ session }) => session],
    ['boolean', ({ input }) => input.visible],
    ['text', ({ input }) => input.ipAddress],
    ['bigint', ({ now }) => now],
  ],
  (rows) => `INSERT INTO connections (socket, host, user_row, session, visible, ip_address, opened_at)
    SELECT * FROM ${rows} ON CONFLICT (socket) DO UPDATE SET host = excluded.host, visible = excluded.visible`,
);
const EVICT = statement<[user: number, socketId: string, hostId: string]>(
  'evict_connections',
  `DELETE FROM connections WHERE row IN (
     SELECT row FROM (
       SELECT row, row_number() OVER (PARTITION BY user_row ORDER BY row DESC) AS place FROM connections
       WHERE user_row = ANY ($1::bigint[])) AS placed
     WHERE place > ${String(SOCKETS_PER_USER)})
   RETURNING user_row, socket, host`,
);
const connectSessions = bulk<AcceptedOpen>(
  'connect_sessions',
  [
    ['bigint', ({ session }) => session],
    ['uuid', ({ input }) => input.socketId],
    ['text', ({ input }) => input.ipAddress],
    ['bigint', ({ now }) => now],
  ],
  (rows) => `UPDATE user_sessions s
    SET connected = true, websocket_id = t.socket, ip_address = t.ip_address, last_activity = t.at
    FROM ${rows} AS t (session, socket, ip_address, at) WHERE s.row = t.session`,
);
// IS NOT DISTINCT FROM uses no index: that of hosts leads to thousands of rows. A socket that is kept belongs to one of the users, so
// that one list serves for all.
const CLOSE = statement(
  'close_connections',
  `DELETE FROM connections WHERE user_row = ANY ($1::bigint[]) AND host IS NOT DISTINCT FROM $2
     AND socket <> ALL ($3::uuid[])`,
);
const showConnections = bulk<{ readonly user: LockedUser; readonly input: Writes['showConnection']['in'] }>(
  'show_connections',
  [
    ['bigint', ({ user }) => user.row],
    ['uuid', ({ input }) => input.socketId],
    ['boolean', ({ input }) => input.visible],
  ],
  (rows) => `UPDATE connections c SET visible = t.visible FROM ${rows} AS t (user_row, socket, visible)
    WHERE c.socket = t.socket AND c.user_row = t.user_row`,
);

interface AcceptedOpen {
  readonly user: LockedUser;
  readonly input: Writes['openConnection']['in'];
  /** The row of the session. */
  readonly session: number;
  readonly now: number;
}

/** Applies the writes, each of another user, in one transaction. Answers in their order; of several writes, with null for those whose user
 *  is deleted, unknown or locked by somebody else, which have to be applied alone. Hosts are locked before users, as everywhere. */
export const applySharedWrites = async (
  sql: Sql,
  writes: readonly SharedWrite[],
  now: number,
): Promise<readonly (Done<SharedWriteName> | null)[]> => {
  const opens = inputsOf(writes, 'openConnection');
  const [hosts, users] = await Promise.all([
    opens.length === 0 ? [] : sql.query(LOCK_HOSTS, [[...new Set(opens.map(({ hostId }) => hostId))]]),
    lockUsers(
      sql,
      writes.map(({ input }) => input.userId),
    ),
  ]);
  const living = new Set(hosts.map(([id]) => id));
  const accepted = await acceptedOpens(
    sql,
    opens.filter(({ hostId }) => living.has(hostId)),
    users,
    now,
  );
  const [evicted] = await Promise.all([
    insertOpen(sql, [...accepted.values()]),
    close(sql, inputsOf(writes, 'closeConnections'), users),
    showConnections(sql, ofUsers(inputsOf(writes, 'showConnection'), users)),
  ]);
  const updates = writes.flatMap((write): readonly PresenceUpdate[] => {
    const { userId, tellAnyway } = write.input;
    const user = users.get(userId);
    if (user === undefined || (write.type === 'openConnection' && !accepted.has(userId))) return [];
    return [{ user, isOver: write.type === 'settlePresence', tellAnyway }];
  });
  const presences = new Map((await updatePresences(sql, updates, now)).map((each) => [each.userId, each]));
  return writes.map((write) => {
    if (writes.length > 1 && !users.has(write.input.userId)) return null;
    const presence = presences.get(write.input.userId) ?? noPresence(write.input.userId);
    if (write.type !== 'openConnection') return done({ presence });
    const open = accepted.get(write.input.userId);
    if (!living.has(write.input.hostId)) return done({ kind: 'gone' });
    if (open === undefined) return done({ kind: 'ended' });
    return done(opened(open.user, presence, evicted));
  });
};

const opened = (
  user: LockedUser,
  presence: PresenceState,
  evicted: readonly (readonly [user: number, socketId: string, hostId: string])[],
): Extract<Writes['openConnection']['out'], { kind: 'opened' }> => ({
  kind: 'opened',
  cursor: user.cursor,
  presence,
  evicted: evicted.flatMap(([row, socketId, hostId]) => (row === user.row ? [{ socketId, hostId }] : [])),
});

const inputsOf = <N extends SharedWriteName>(
  writes: readonly SharedWrite[],
  type: N,
): readonly Writes[N]['in'][] =>
  writes.flatMap((write) => (write.type === type ? [write.input as Writes[N]['in']] : []));

const ofUsers = <I extends { readonly userId: string }>(
  inputs: readonly I[],
  users: ReadonlyMap<string, LockedUser>,
): readonly { readonly user: LockedUser; readonly input: I }[] =>
  inputs.flatMap((input) => {
    const user = users.get(input.userId);
    return user === undefined ? [] : [{ user, input }];
  });

/** Those whose session lives, by user. */
const acceptedOpens = async (
  sql: Sql,
  inputs: readonly Writes['openConnection']['in'][],
  users: ReadonlyMap<string, LockedUser>,
  now: number,
): Promise<ReadonlyMap<string, AcceptedOpen>> => {
  const known = ofUsers(inputs, users);
  if (known.length === 0) return new Map();
  const locked = await sql.query(LOCK_SESSIONS, [known.map(({ input }) => input.sessionId)]);
  const sessions = new Map(locked.map(([id, row, user]) => [id, { row, user }]));
  const accepted = new Map<string, AcceptedOpen>();
  for (const { user, input } of known) {
    const session = sessions.get(input.sessionId);
    if (session?.user === user.row) accepted.set(user.id, { user, input, session: session.row, now });
  }
  return accepted;
};

const insertOpen = async (sql: Sql, opens: readonly AcceptedOpen[]) => {
  if (opens.length === 0) return [];
  const [, evicted] = await Promise.all([
    insertConnections(sql, opens),
    sql.query(EVICT, [opens.map(({ user }) => user.row)]),
    connectSessions(sql, opens),
  ]);
  return evicted;
};

/** All of them are at one host in practice. */
const close = async (
  sql: Sql,
  inputs: readonly Writes['closeConnections']['in'][],
  users: ReadonlyMap<string, LockedUser>,
): Promise<void> => {
  const byHost = new Map<string, { readonly rows: number[]; readonly keep: string[] }>();
  for (const { user, input } of ofUsers(inputs, users)) {
    const { rows, keep } = byHost.get(input.hostId) ?? { rows: [], keep: [] };
    byHost.set(input.hostId, { rows, keep });
    rows.push(user.row);
    keep.push(...input.keep);
  }
  await Promise.all([...byHost].map(([host, { rows, keep }]) => sql.run(CLOSE, [rows, host, keep])));
};
