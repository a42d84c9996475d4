import { rfc3339 } from '../protocol/rfc3339.ts';
import type { Operator } from './operator.ts';
import type { Answer, Input } from './requests.ts';

export const listAudit = async (
  operator: Operator,
  page: Input<'audit.list'>,
): Promise<Answer<'audit.list'>> => ({
  records: (await operator.read('auditRecords', page)).map(({ at, subject, detail, ...record }) => ({
    ...record,
    at: rfc3339(at),
    user: subject,
    detail: detail === null ? null : { ...detail },
  })),
});
