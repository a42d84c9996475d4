import { createHash } from 'node:crypto';
import { HEADER, lineOf, type ExportRecord, type ExportRecords, type RecordType } from './export-record.ts';

/** What an export holds: how many records of each type, and the SHA-256 of all its lines but the last. Two stores with the same
 *  content have the same. */
export interface ExportSummary {
  readonly sha256: string;
  readonly counts: Readonly<Partial<Record<RecordType, number>>>;
  /** The last one included. */
  readonly lines: number;
}

/** Hash updates of a few bytes cost more than the hashing. */
const FLUSH_AT = 64 * 1024;

/** Computes the summary of records as they pass. */
export class ExportDigest {
  readonly #hash = createHash('sha256');
  readonly #counts: Partial<Record<RecordType, number>> = {};
  #waiting = `${HEADER}\n`;
  #records = 0;

  /** Returns the record's line, with its end. */
  add(record: ExportRecord): string {
    const line = `${lineOf(record)}\n`;
    this.#counts[record.type] = (this.#counts[record.type] ?? 0) + 1;
    this.#records += 1;
    this.#waiting += line;
    if (this.#waiting.length >= FLUSH_AT) this.#flush();
    return line;
  }

  /** Once, after the last record. */
  end(): ExportSummary {
    this.#flush();
    return { sha256: this.#hash.digest('hex'), counts: this.#counts, lines: this.#records + 2 };
  }

  #flush(): void {
    this.#hash.update(this.#waiting);
    this.#waiting = '';
  }
}

export const summaryOf = async (records: ExportRecords): Promise<ExportSummary> => {
  const digest = new ExportDigest();
  for await (const record of records) digest.add(record);
  return digest.end();
};

/** The last line of an export, without its end. */
export const endLine = ({ lines, sha256 }: Pick<ExportSummary, 'lines' | 'sha256'>): string =>
  JSON.stringify({ type: 'end', lines, sha256 });
