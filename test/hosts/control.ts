import { onServer } from '../support/postgres-client.ts';
import { Violated } from './rounds.ts';

/** What must break a promise, and must be seen to break it. */
export const CONTROLS = ['asynchronous-standby', 'lost-row'] as const;

/** Loses a message, as no database does. */
export const loseRow = async (url: string): Promise<void> => {
  await onServer(
    url,
    'DELETE FROM messages WHERE id = (SELECT id FROM messages WHERE seq > 1 ORDER BY sent_at DESC LIMIT 1)',
  );
};

/** Whether the control failed as it has to: something that was acknowledged was lost, and the checks have seen it. */
export const failedAsItMust = (outcome: unknown): boolean => {
  const violations = outcome instanceof Violated ? outcome.violations : [];
  const lost = violations.filter((line) => /was acknowledged as .* and is not stored/.test(line));
  console.log(
    lost.length > 0
      ? `the control failed, as it must: ${String(lost.length)} acknowledged messages were lost\n${lost.slice(0, 5).join('\n')}`
      : `THE CONTROL DID NOT FAIL AS IT MUST: ${outcome instanceof Violated ? outcome.message : String(outcome)}`,
  );
  return lost.length > 0;
};
