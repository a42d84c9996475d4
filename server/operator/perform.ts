import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Audit } from '../storage/writes.ts';
import { rfc3339 } from '../protocol/rfc3339.ts';
import { listAudit } from './audit.ts';
import { examine } from './doctor.ts';
import { createInvite, listInvites, revokeInvite } from './invites.ts';
import { auditOf, NO_COPY, OperatorError, type Operator, type Requester } from './operator.ts';
import type { Answer, CheckedRequest, Input, RequestName } from './requests.ts';
import { stageCopy } from './staged-copy.ts';
import { finishTelling } from './finish-telling.ts';
import { statusOf } from './status.ts';
import {
  deleteUser,
  listUsers,
  resetPassword,
  revokeSessions,
  setDisabled,
  setRole,
  showUser,
  unlock,
} from './users.ts';

export interface PerformDeps {
  readonly operator: Operator;
  readonly ids: Ids;
  readonly clock: Clock;
}
type Handlers = {
  readonly [N in RequestName]: (input: Input<N>, by: Requester) => Promise<Answer<N>>;
};
/** Carries out one request. Rejects with an OperatorError or a ParleyError, whose text is for the operator, or with a fault. */
export type Perform = <N extends RequestName>(request: CheckedRequest<N>) => Promise<Answer<N>>;

/** The operator's commands, the same for a running server and for a stopped one. */
export const makePerform = ({ operator, ids, clock }: PerformDeps): Perform => {
  const isFile = operator.config.database === null;
  let copying = false;
  const copy = async (audit: Audit | null) => {
    if (!isFile) throw new OperatorError(NO_COPY);
    if (copying) throw new OperatorError('Another copy is being made. Wait until it is finished.');
    copying = true;
    try {
      return await stageCopy(operator, { id: ids.next(), clock, audit });
    } finally {
      copying = false;
    }
  };
  const handlers: Handlers = {
    status: () => statusOf(operator, clock),
    doctor: () => examine(operator, clock),
    'user.list': (input) => listUsers(operator, input),
    'user.show': (input) => showUser(operator, input),
    'user.reset-password': (input, by) => resetPassword(operator, input, { by, ids }),
    'user.unlock': (input, by) => unlock(operator, input, by),
    'user.promote': ({ username }, by) => setRole(operator, { username, role: 'admin' }, by),
    'user.demote': ({ username }, by) => setRole(operator, { username, role: 'user' }, by),
    'user.disable': ({ username }, by) => setDisabled(operator, { username, disabled: true }, by),
    'user.enable': ({ username }, by) => setDisabled(operator, { username, disabled: false }, by),
    'user.delete': (input, by) => deleteUser(operator, input, by),
    'user.revoke': (input, by) => revokeSessions(operator, input, by),
    'invite.create': (input, by) => createInvite(operator, input, { by, ids }),
    'invite.list': (input) => listInvites(operator, input),
    'invite.revoke': (input, by) => revokeInvite(operator, input, by),
    'audit.list': (input) => listAudit(operator, input),
    async 'rotate-secret'(_input, by) {
      const until = rfc3339(operator.rotateSigningKey());
      const audit = auditOf(by);
      await operator.write('recordAudit', {
        ...{ audit, action: 'rotate-secret', subjectId: null, target: null, detail: null },
      });
      return { accepted_until: until };
    },
    async 'backup.copy'(_input, by) {
      const { file, bytes, longestStepMs } = await copy(auditOf(by));
      return { file, bytes, longest_step_ms: longestStepMs };
    },
    async 'export.copy'() {
      await finishTelling(operator);
      return { file: isFile ? (await copy(null)).file : null };
    },
    async 'export.record'({ sha256, messages }, by) {
      const audit = auditOf(by);
      const detail = { sha256, messages };
      await operator.write('recordAudit', { audit, action: 'export', subjectId: null, target: null, detail });
      return {};
    },
  };
  return (request) => handlers[request.command](request.input as never, request.by);
};
