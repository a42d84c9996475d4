import { rfc3339 } from '../protocol/rfc3339.ts';
import type { Operator } from './operator.ts';
import type { Answer, Input } from './requests.ts';

const ADMIN = /^admin:([0-9a-f-]{36})$/;

export const listAudit = async (
  operator: Operator,
  page: Input<'audit.list'>,
): Promise<Answer<'audit.list'>> => {
  const found = await operator.read('auditRecords', page);
  const names = await namesOf(
    operator,
    found.map(({ actor }) => actor),
  );
  return {
    records: found.map(({ at, subject, detail, ...record }) => ({
      ...record,
      actor_username: names.get(record.actor) ?? null,
      at: rfc3339(at),
      user: subject,
      detail: detail === null ? null : { ...detail },
    })),
  };
};

/** The names that the admins among these actors have now. */
const namesOf = async (
  operator: Operator,
  actors: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const admins = new Map(
    [...new Set(actors)].flatMap((actor): [string, string][] => {
      const id = ADMIN.exec(actor)?.[1];
      return id === undefined ? [] : [[actor, id]];
    }),
  );
  if (admins.size === 0) return new Map();
  const found = await operator.read('usernames', [...admins.values()]);
  const names = new Map(found.map(({ userId, username }) => [userId, username]));
  return new Map(
    [...admins].flatMap(([actor, id]): [string, string][] => {
      const name = names.get(id);
      return name === undefined ? [] : [[actor, name]];
    }),
  );
};
