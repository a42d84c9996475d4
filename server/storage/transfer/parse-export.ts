import { createHash } from 'node:crypto';
import type * as z from 'zod';
import {
  compareKeys,
  end,
  EXPORT_VERSION,
  header,
  RECORD_TYPES,
  RECORDS,
  sortKeyOf,
  type ExportRecord,
  type RecordType,
  type SortKey,
} from './export-record.ts';
import { RecordFault, TransferError } from './transfer-error.ts';

/** The lines of a file as bytes, without their ends; the last one may lack its end. */
export type Lines = AsyncIterable<{ readonly bytes: Uint8Array; readonly isEnded: boolean }>;

/** Reads an export line by line: each is checked by itself and against the one before. What refers to other records is checked by
 *  whoever takes them. */
export class ExportParser {
  readonly #path: string;
  readonly #hash = createHash('sha256');
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #line = 0;
  #type: RecordType = 'user';
  #key: SortKey | null = null;

  /** `path`: what messages call the file. */
  constructor(path: string) {
    this.#path = path;
  }

  /** The record of one line after the other. @throws TransferError `damaged`, `foreign`, `newer` */
  async *records(lines: Lines): AsyncGenerator<ExportRecord, void, void> {
    let isOver = false;
    for await (const { bytes, isEnded } of lines) {
      this.#line += 1;
      if (isOver) throw this.at('there is something after the end of the export');
      if (!isEnded) throw this.#line === 1 ? this.#foreign() : this.at('the file ends within this line');
      const value = this.#valueOf(bytes);
      if (this.#line === 1) this.#begin(value);
      else if (isEnd(value)) {
        this.#checkEnd(value);
        isOver = true;
      } else yield this.#recordOf(value);
      this.#hash.update(bytes).update('\n');
    }
    if (this.#line === 0) throw new TransferError('damaged', `${this.#path} is empty`);
    if (!isOver) throw this.#damaged(`it ends after line ${String(this.#line)}: the rest is missing`);
  }

  /** What is wrong with the line that was read last. */
  at(what: string): TransferError {
    return this.#damaged(`line ${String(this.#line)}: ${what}`);
  }

  #damaged(what: string): TransferError {
    return new TransferError('damaged', `${this.#path} can't be imported: ${what}`);
  }

  #foreign(): TransferError {
    return new TransferError('foreign', `${this.#path} is not an export of Parley`);
  }

  #valueOf(bytes: Uint8Array): unknown {
    try {
      return JSON.parse(this.#decoder.decode(bytes));
    } catch {
      throw this.#line === 1 ? this.#foreign() : this.at('it is not JSON in UTF-8');
    }
  }

  #begin(value: unknown): void {
    const parsed = header.safeParse(value);
    if (!parsed.success) throw this.#foreign();
    const { version } = parsed.data;
    if (version >= 1 && version <= EXPORT_VERSION) return;
    throw new TransferError(
      version > EXPORT_VERSION ? 'newer' : 'damaged',
      `${this.#path} has version ${String(version)} of the format, and this program knows ${String(EXPORT_VERSION)}: ` +
        'import it with the Parley that made it, or a newer one',
    );
  }

  #recordOf(value: unknown): ExportRecord {
    const type = typeOf(value);
    if (type === null) throw this.at(`it has a type that is none of ${RECORD_TYPES.join(', ')}`);
    const parsed = RECORDS[type].safeParse(value);
    if (!parsed.success) throw this.at(issueOf(parsed.error));
    this.#checkOrder(parsed.data);
    return parsed.data;
  }

  #checkOrder(record: ExportRecord): void {
    const { type } = record;
    const key = sortKeyOf(record);
    if (type === this.#type) {
      const order = this.#key === null ? -1 : compareKeys(this.#key, key);
      if (order === 0) throw this.at(`the ${type} ${key.join(' ')} is there twice`);
      if (order > 0) throw this.at(`the ${type} ${key.join(' ')} is not where the order wants it`);
    } else if (RECORD_TYPES.indexOf(type) < RECORD_TYPES.indexOf(this.#type))
      throw this.at(`a ${type} stands after a ${this.#type}`);
    this.#type = type;
    this.#key = key;
  }

  #checkEnd(value: unknown): void {
    const parsed = end.safeParse(value);
    if (!parsed.success) throw this.at(issueOf(parsed.error));
    const { lines, sha256 } = parsed.data;
    if (lines !== this.#line)
      throw this.at(`it names ${String(lines)} lines, and there are ${String(this.#line)}`);
    if (sha256 !== this.#hash.copy().digest('hex'))
      throw this.at('the checksum is wrong: the file was changed after it was made');
  }
}

const typeOf = (value: unknown): RecordType | null => {
  const type = (value as { readonly type?: unknown } | null)?.type;
  return typeof type === 'string' && Object.hasOwn(RECORDS, type) ? (type as RecordType) : null;
};

const isEnd = (value: unknown): boolean => (value as { readonly type?: unknown } | null)?.type === 'end';

const issueOf = ({ issues: [issue] }: z.ZodError): string =>
  [...(issue?.path.length === 0 ? [] : [issue?.path.join('.')]), issue?.message ?? 'wrong'].join(': ');

/** Runs `take` for each record. What it finds wrong becomes an error that names the place. */
export const takeEach = async (
  records: AsyncIterable<ExportRecord> | Iterable<ExportRecord>,
  take: (record: ExportRecord) => void | Promise<void>,
  placed: (what: string) => Error,
): Promise<void> => {
  for await (const record of records) {
    try {
      const taken = take(record);
      if (taken !== undefined) await taken;
    } catch (error) {
      throw error instanceof RecordFault ? placed(error.message) : error;
    }
  }
};
