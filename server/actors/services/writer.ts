import type { Question } from '../../runtime/actor.ts';
import { refOf } from '../../runtime/address.ts';
import type { WriteName, Writes } from '../../storage/writes.ts';

/** What the writer thread is asked: one write of the store's contract, answered after its commit. */
export type WriteQuestion<W extends WriteName = WriteName> = {
  readonly [N in W]: {
    readonly type: N;
    readonly input: Writes[N]['in'];
    /** Its way through the writer is told to `tracing`. */
    readonly traced?: true;
  } & Question<Writes[N]['out']>;
}[W];
export const writer = refOf<WriteQuestion>('writer', 'main');
