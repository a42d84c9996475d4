import { helper, type HelperQuestion } from '../actors/refs.ts';
import { tokens as tokensRef, type TokenQuestion } from '../actors/session-deps.ts';
import { kindOf } from '../runtime/address.ts';
import { faultOf } from '../runtime/faults.ts';
import type { Host } from '../runtime/host.ts';
import type { ReplyTo } from '../runtime/actor.ts';
import type { Pool } from '../runtime/pool.ts';
import type { Tokens } from './tokens.ts';

/** Makes the helper pools and the token check reachable like actors, from every thread. Password hashing has a pool
 *  of its own, so that a flood of logins never stands before somebody's messages. */
export const serveGateways = (host: Host, pools: { hashing: Pool; reading: Pool }, tokens: Tokens): void => {
  const answerWith = (work: Promise<unknown>, replyTo: ReplyTo | undefined): void => {
    work.then(
      (result) => {
        if (replyTo !== undefined) host.answer({ k: 'reply', token: replyTo.token, result }, replyTo);
      },
      (error: unknown) => {
        if (replyTo !== undefined)
          host.answer({ k: 'fault', token: replyTo.token, fault: faultOf(error) }, replyTo);
      },
    );
  };
  host.serve(kindOf(helper.address), (question: HelperQuestion, replyTo) => {
    const pool = question.type === 'hash' || question.type === 'verify' ? pools.hashing : pools.reading;
    answerWith(pool.run(question, turnKeyOf(question)), replyTo);
  });
  host.serve(kindOf(tokensRef.address), ({ token }: TokenQuestion, replyTo) => {
    answerWith(tokens.authenticate(token), replyTo);
  });
};

/** Whose turn a task counts as: reads name first who asks. */
const turnKeyOf = (question: HelperQuestion): string => {
  if (question.type === 'log') return question.userId;
  if (question.type !== 'query') return '';
  const [asker] = question.args as readonly unknown[];
  return typeof asker === 'string' ? asker : '';
};
