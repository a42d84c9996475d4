import type { Clock } from '../../runtime/clock.ts';
import type { Queries } from '../reads.ts';
import { accountQueries } from './queries/accounts.ts';
import { administrationQueries } from './queries/administration.ts';
import { attachmentQueries } from './queries/attachments.ts';
import { blockQueries } from './queries/blocks.ts';
import { conversationQueries } from './queries/conversations.ts';
import { logQueries } from './queries/log.ts';
import { messageQueries } from './queries/messages.ts';
import type { PostgresQueryDeps } from './queries/query-deps.ts';
import { pushQueries } from './queries/push.ts';
import { retentionQueries } from './queries/retention.ts';
import { searchQuery } from './queries/search.ts';
import { sessionQueries } from './queries/sessions.ts';
import { undeliveredQuery } from './queries/undelivered.ts';
import { userQueries } from './queries/users.ts';
import { statement } from './sql.ts';

/** Each query sees one moment of the store: the last commit before it began. `clock` agrees with the database's. Rejects with what the
 *  database rejects with. */
export const openPostgresQueries = (database: PostgresQueryDeps['database'], clock: Clock): Queries => {
  const deps: PostgresQueryDeps = { database, clock };
  return {
    ...accountQueries(deps),
    ...sessionQueries(deps),
    ...pushQueries(deps),
    ...userQueries(deps),
    ...blockQueries(deps),
    ...conversationQueries(deps),
    ...messageQueries(deps),
    ...attachmentQueries(deps),
    ...retentionQueries(deps),
    ...logQueries(deps),
    ...undeliveredQuery(deps),
    ...searchQuery(deps),
    ...administrationQueries(deps),
    ...probeQuery(deps),
  };
};

const PROBE = statement<[value: number]>('probe', 'SELECT probe FROM meta');

/** For readiness: reads the value that the writer's probe changes. */
const probeQuery = ({ database }: PostgresQueryDeps): Pick<Queries, 'probe'> => ({
  async probe() {
    const [found] = await database.query(PROBE);
    return found?.[0] ?? 0;
  },
});
