import type { UserResource } from '../../server/protocol/resources/user.ts';
import type { Api } from '../net/api.ts';
import type { Clock } from '../net/clock.ts';
import { problemCode, type ProblemCode } from '../net/problem.ts';
import { withBlock } from '../model/blocked-users.ts';
import { ASK_AGAIN_MS } from '../sync/refetch-queue.ts';
import type { Sync } from '../sync/sync.ts';

export interface BlocksDeps {
  readonly api: Pick<Api, 'signed'>;
  readonly clock: Clock;
  readonly sync: Pick<Sync, 'model' | 'change' | 'connection' | 'generation' | 'isStopped'>;
}

/** Whom the user has blocked, newest first. Rejects with ApiProblem. */
export const blockedUsers = async (api: Pick<Api, 'signed'>): Promise<readonly UserResource[]> =>
  (await api.signed<{ users: UserResource[] }>({ method: 'GET', path: '/users/me/blocks' })).users;

/** Blocks a user, or no longer does. Resolves with null, or with the reason why nothing has changed. Never rejects. */
export const setBlocked = async (
  { api, sync }: Pick<BlocksDeps, 'api' | 'sync'>,
  userId: string,
  isBlocked: boolean,
): Promise<ProblemCode | null> => {
  try {
    await api.signed<undefined>({ method: isBlocked ? 'PUT' : 'DELETE', path: `/users/${userId}/block` });
  } catch (error) {
    return problemCode(error);
  }
  // The event says it too, but not where the connection is blocked.
  sync.change((model) => ({ ...model, blocked: withBlock(model.blocked, userId, isBlocked) }));
  return null;
};

/** Makes sure that the model knows whom the user has blocked. Changes come as events; the server is asked only where none can have told
 *  it, until it has answered or another connection begins. */
export const learnBlocks = async ({ api, clock, sync }: BlocksDeps): Promise<void> => {
  const { generation } = sync;
  const isWanted = (): boolean =>
    generation === sync.generation && !sync.isStopped && !sync.model.get().blocked.isWhole;
  const again = (): void => {
    if (isWanted()) void learnBlocks({ api, clock, sync });
  };
  if (!isWanted()) return;
  const before = sync.model.get().blocked;
  try {
    const users = await blockedUsers(api);
    if (!isWanted()) return;
    // What came meanwhile is newer than the answer.
    if (sync.model.get().blocked !== before) again();
    else {
      const blocked = { ids: new Set(users.map(({ id }) => id)), isWhole: true };
      sync.change((model) => ({ ...model, blocked }));
    }
  } catch (error) {
    // Servers from before blocking have no such list.
    if (problemCode(error) !== 'not_found') clock.after(ASK_AGAIN_MS, again);
  }
};
