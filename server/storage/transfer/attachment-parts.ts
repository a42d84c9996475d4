import { createHash } from 'node:crypto';
import type { RecordOf } from './export-record.ts';
import { PART_BYTES } from './export-record.ts';

/** What is said of an attachment when its bytes are not what they must be. */
export interface NamedBytes {
  readonly id: string;
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** In lower-case hex. */
  readonly sha256: string;
}

/** The parts that a file of `size` bytes has. An empty one has one, too, so that it can be told from one that is missing. */
const partsOf = (size: number): number => Math.max(1, Math.ceil(size / PART_BYTES));

export const nameOfAttachment = ({ id, name }: Pick<NamedBytes, 'id' | 'name'>): string =>
  `the attachment ${id} (${JSON.stringify(name)})`;

/** Checks the bytes of an attachment, part after part: their lengths and, at the end, their hash. */
export class AttachmentParts {
  readonly #attachment: NamedBytes;
  readonly #fault: (what: string) => Error;
  readonly #hash = createHash('sha256');
  #parts = 0;

  /** `fault`: makes the error of what is wrong. */
  constructor(attachment: NamedBytes, fault: (what: string) => Error) {
    this.#attachment = attachment;
    this.#fault = fault;
  }

  get isWhole(): boolean {
    return this.#parts === partsOf(this.#attachment.size);
  }

  /** Takes the next part, which is good until then, and returns its record. @throws what `fault` makes */
  add(bytes: Buffer): RecordOf<'attachment_bytes'> {
    const { size, sha256 } = this.#attachment;
    const expected = Math.min(PART_BYTES, size - this.#parts * PART_BYTES);
    if (this.isWhole || bytes.length !== expected) throw this.#wrong(`are not the ${String(size)} of it`);
    this.#parts += 1;
    this.#hash.update(bytes);
    if (this.#parts === partsOf(size) && this.#hash.digest('hex') !== sha256)
      throw this.#wrong('have another hash');
    return { type: 'attachment_bytes', sha256, part: this.#parts, bytes: bytes.toString('base64url') };
  }

  /** After the last part. @throws what `fault` makes */
  end(): void {
    if (!this.isWhole) throw this.#wrong('are missing');
  }

  #wrong(what: string): Error {
    return this.#fault(`the bytes of ${nameOfAttachment(this.#attachment)} ${what}`);
  }
}
