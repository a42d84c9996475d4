import type * as z from 'zod/mini';
import type { RequestIdentity } from '../../../actors/services/tokens.ts';
import { OperatorError } from '../../../operator/operator.ts';
import type { Answer, Input, RequestName } from '../../../operator/requests.ts';
import { ParleyError } from '../../../protocol/errors.ts';
import type { EdgeDeps } from '../../deps.ts';
import { route, type Answers, type Route } from '../route.ts';

type Schema = z.ZodMiniType | undefined;

/** Declares a route that only admins may use [A12]. Everybody else is refused with `forbidden`, whatever they ask. */
export const adminRoute = <
  A extends Answers,
  P extends Schema = undefined,
  Q extends Schema = undefined,
  B extends Schema = undefined,
>(
  spec: Omit<Parameters<typeof route<A, P, Q, B>>[0], 'tag' | 'role'>,
): Route =>
  route<A, P, Q, B>({
    ...spec,
    tag: 'administration',
    role: 'admin',
    errors: ['forbidden', ...(spec.errors ?? [])],
  });

/** Carries out an operator's request in the name of an admin: what the command line does, through the same functions, with the same
 *  audit records. Throws the refusals of operators as the API's own. */
export const operate = async <N extends RequestName>(
  { deps, who }: { readonly deps: EdgeDeps; readonly who: RequestIdentity },
  command: N,
  input: Input<N>,
): Promise<Answer<N>> => {
  try {
    return await deps.operate({
      command,
      input,
      by: { account: `admin:${who.userId}`, origin: 'admin page' },
    });
  } catch (error) {
    if (error instanceof OperatorError) throw new ParleyError(error.code, error.message);
    throw error;
  }
};

/** Keeps admins from shutting themselves out: another admin or the command line has to do it. */
export const refuseOneself = (who: RequestIdentity, username: string): void => {
  if (username.toLowerCase() !== who.username) return;
  throw new ParleyError(
    'conflict',
    'This would shut you out yourself. Another admin can do it, or the command line.',
  );
};
