import type { UserResource } from '../../../server/protocol/resources/user.ts';

/** A user as somebody sees them who sees this of their presence; `deleted`: one who is deleted. */
export const seenUser = (status: 'online' | 'offline' | 'deleted' | null): UserResource =>
  status === 'deleted'
    ? { id: 'u', username: 'Deleted User', deleted: true }
    : {
        ...{ id: 'u', username: 'u', created_at: '', status, last_seen: null },
        ...{ display_name: null, about: null, avatar: null },
      };
