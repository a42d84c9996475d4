import { helper, type HelperQuestion } from '../actors/services/helper.ts';
import { tokens as tokensRef, type TokenQuestion } from '../actors/services/tokens.ts';
import { tracing, type TracingMessage } from '../actors/services/tracing.ts';
import type { MessageTracer } from '../actors/tracing/message-tracer.ts';
import { kindOf } from '../runtime/address.ts';
import { faultOf } from '../runtime/fault.ts';
import type { Host } from '../runtime/host.ts';
import { replyTo, type ReplyTo } from '../runtime/actor.ts';
import type { Pool } from '../runtime/threads/pool.ts';
import type { AccessTokens } from './auth/tokens.ts';

/** Makes the helper pools and the token check reachable like actors, from every thread. Password hashing has a pool
 *  of its own, so that a flood of logins never stands before somebody's messages. */
export const serveServices = (
  host: Host,
  {
    pools,
    tokens,
    tracer,
  }: { pools: { hashing: Pool; reading: Pool }; tokens: AccessTokens; tracer: MessageTracer },
): void => {
  host.serve(kindOf(tracing.address), (message: TracingMessage) => {
    tracer.written(message);
  });
  const answerWith = <A>(work: Promise<A>, to: ReplyTo<A> | undefined): void => {
    work.then(
      (result) => {
        host.reply(to, result);
      },
      (error: unknown) => {
        host.fail(to, faultOf(error));
      },
    );
  };
  host.serve(kindOf(helper.address), (question: HelperQuestion, asker) => {
    const pool = question.type === 'hash' || question.type === 'verify' ? pools.hashing : pools.reading;
    // What comes from a pool's thread has no type; `helper.ts` answers each question there.
    answerWith(pool.run(question, turnKeyOf(question)) as Promise<never>, asker);
  });
  host.serve(kindOf(tokensRef.address), (question: TokenQuestion, asker) => {
    answerWith(tokens.authenticate(question.token), replyTo(question, asker));
  });
};

/** The key by which tasks take turns: the user who asks, which is the first argument of a read. */
const turnKeyOf = (question: HelperQuestion): string => {
  if (question.type === 'log') return question.userId;
  if (question.type !== 'query') return '';
  const [asker] = question.args as readonly unknown[];
  return typeof asker === 'string' ? asker : '';
};
