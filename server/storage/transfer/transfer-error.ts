/** Why data cannot be exported, imported or moved. `reason` is stable; `message` is one sentence for the operator. */
export type TransferFault =
  /** The file is damaged, incomplete, or contradicts itself. */
  | 'damaged'
  /** Not an export of Parley at all. */
  | 'foreign'
  /** Of a version that this program does not know. */
  | 'newer'
  /** There is no such file. */
  | 'missing'
  /** The target is there already, or holds data. */
  | 'target'
  /** Whom somebody of another program becomes is not said, or said wrongly. */
  | 'mapping'
  /** The system refused to read or write: a full disk, a missing right. */
  | 'system'
  /** A server uses one of the stores, or an account is just being deleted. */
  | 'busy';

export class TransferError extends Error {
  override readonly name = 'TransferError';
  readonly reason: TransferFault;

  constructor(reason: TransferFault, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}

/** What is wrong with one record. Whoever knows where the record stands makes a `TransferError` of it. */
export class RecordFault extends Error {
  override readonly name = 'RecordFault';
}
