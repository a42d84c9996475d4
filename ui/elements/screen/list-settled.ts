import type { Account } from '../../account/account.ts';

/** Whether the list is shown, or can't be had now. Until then a slow line is left to it: a browser requests six files at once. `count`:
 *  conversations that are there already. */
export const isListSettled = ({ listed, listProblem, connection }: Account['sync'], count: number): boolean =>
  listed.get() || count > 0 || listProblem.get() !== null || connection.get().phase !== 'connecting';
