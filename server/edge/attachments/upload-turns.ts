import { KeyedLock } from '../../storage/attachments/keyed-lock.ts';
import { continuedElsewhere } from '../../storage/attachments/kept-upload.ts';
import type { ReceivedBody } from '../http/received-body.ts';

/** Requests about the same upload, one after the other. A later one ends the earlier ones, as far as their bytes have not come. */
export class UploadTurns {
  readonly #locks = new KeyedLock();
  /** Of the requests that have come, by upload: as many as may run. */
  readonly #bodies = new Map<string, Set<Pick<ReceivedBody, 'refuse'>>>();

  /** Runs `work` when the earlier requests are over, whose bodies are refused with `conflict`. `body`: null for a request without bytes. */
  async of<T>(upload: string, body: Pick<ReceivedBody, 'refuse'> | null, work: () => Promise<T>): Promise<T> {
    const bodies = this.#bodies.get(upload) ?? new Set();
    for (const each of bodies) each.refuse(continuedElsewhere());
    if (body !== null) {
      bodies.add(body);
      this.#bodies.set(upload, bodies);
    }
    try {
      return await this.#locks.with(upload, work);
    } finally {
      if (body !== null) bodies.delete(body);
      if (bodies.size === 0 && this.#bodies.get(upload) === bodies) this.#bodies.delete(upload);
    }
  }
}
