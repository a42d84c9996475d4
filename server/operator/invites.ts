import { hashTypedCode, makeInvite } from '../edge/auth/refresh-tokens.ts';
import { rfc3339 } from '../protocol/rfc3339.ts';
import type { Ids } from '../runtime/ids.ts';
import { auditOf, OperatorError, type Operator, type Requester } from './operator.ts';
import type { Answer, Input } from './requests.ts';

const timeOrNull = (ms: number | null): string | null => (ms === null ? null : rfc3339(ms));

/** Only the hash of the code is stored, so it cannot be shown again. */
export const createInvite = async (
  operator: Operator,
  { uses, ttl_ms }: Input<'invite.create'>,
  { by, ids }: { readonly by: Requester; readonly ids: Ids },
): Promise<Answer<'invite.create'>> => {
  const code = makeInvite(ids);
  const { id } = await operator.write('createInvite', {
    hash: hashTypedCode(code),
    uses,
    ttlMs: ttl_ms,
    audit: auditOf(by),
  });
  return { id, code };
};

export const listInvites = async (
  operator: Operator,
  page: Input<'invite.list'>,
): Promise<Answer<'invite.list'>> => ({
  invites: (await operator.read('invites', page)).map((each) => ({
    id: each.id,
    created_at: rfc3339(each.createdAt),
    uses: each.uses,
    uses_left: each.usesLeft,
    used_at: timeOrNull(each.usedAt),
    expires_at: timeOrNull(each.expiresAt),
    revoked_at: timeOrNull(each.revokedAt),
  })),
});

export const revokeInvite = async (
  operator: Operator,
  { id }: Input<'invite.revoke'>,
  by: Requester,
): Promise<Answer<'invite.revoke'>> => {
  const { kind } = await operator.write('revokeInvite', { id, audit: auditOf(by) });
  if (kind === 'not-found')
    throw new OperatorError(
      `There is no invitation ${String(id)}. parley invite list shows them.`,
      'not_found',
    );
  return { changed: kind === 'revoked' };
};
