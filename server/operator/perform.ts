import { settingsInForce } from '../config/settings.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Audit, AuditDetail } from '../storage/writes.ts';
import { rfc3339 } from '../protocol/rfc3339.ts';
import { listAudit } from './audit.ts';
import { listBackups, startBackup } from './backups.ts';
import { examine } from './doctor.ts';
import { inspectorHandlers } from './inspector.ts';
import { createInvite, listInvites, revokeInvite } from './invites.ts';
import { auditOf, OperatorError, type Operator, type Requester } from './operator.ts';
import type { Answer, CheckedRequest, Input, RequestName } from './requests.ts';
import { stageCopy } from './staged-copy.ts';
import { finishTelling } from './finish-telling.ts';
import { retain } from './retention.ts';
import { statusOf } from './status.ts';
import { traceHandlers } from './traces.ts';
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
  const copy = async (folder: string, audit: Audit | null) => {
    if (copying) throw new OperatorError('Another copy is being made. Wait until it is finished.');
    copying = true;
    try {
      return await stageCopy(operator, { folder, audit });
    } finally {
      copying = false;
    }
  };
  const record = (action: string, by: Requester, detail: AuditDetail | null = null) =>
    operator.write('recordAudit', { audit: auditOf(by), action, subjectId: null, target: null, detail });
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
    settings: () => Promise.resolve({ settings: [...settingsInForce(operator.config)] }),
    'backup.list': () => Promise.resolve(listBackups(operator)),
    'backup.start': (_input, by) => startBackup(operator, () => record('backup.start', by)),
    ...inspectorHandlers(operator, clock),
    ...traceHandlers(operator),
    async 'rotate-secret'(_input, by) {
      const until = rfc3339(operator.rotateSigningKey());
      await record('rotate-secret', by);
      return { accepted_until: until };
    },
    async 'backup.copy'({ folder }, by) {
      if (isFile) {
        const { file, longestStepMs } = await copy(folder, auditOf(by));
        return { file, longest_step_ms: longestStepMs };
      }
      await finishTelling(operator);
      await record('backup', by);
      return { file: null, longest_step_ms: null };
    },
    async 'export.copy'({ folder }) {
      await finishTelling(operator);
      return { file: isFile ? (await copy(folder, null)).file : null };
    },
    'retention.run': (input, by) => retain(operator, input, { by, ids, clock }),
    'export.record': ({ sha256, messages }, by) =>
      record('export', by, { sha256, messages }).then(() => ({})),
  };
  return (request) => handlers[request.command](request.input as never, request.by);
};
