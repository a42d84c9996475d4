import type { WriteResult } from '../../outcome.ts';

/** Thrown by a write that has to take back what it did before it knew its answer: the transaction is rolled back, and the answer is
 *  `result`. No fault. */
export class RefusedWrite extends Error {
  override readonly name = 'RefusedWrite';
  readonly result: WriteResult;

  constructor(result: WriteResult) {
    super('refused');
    this.result = result;
  }
}
