import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UploadsResult, UploadsSpec } from './spec.ts';

/** The process that uploads: takes one spec over its channel, keeps that many uploads under way, starting a new one when one has ended,
 *  and answers with what it did when it is told `enough`. */

/** Bytes of one write. */
const PIECE = 64 * 1024;
const piece = Buffer.alloc(PIECE, 'parley');

const run = (spec: UploadsSpec): (() => UploadsResult) => {
  const started = performance.now();
  let [bytes, files] = [0, 0];
  const pieceMs = spec.bytesPerSecond === null ? 0 : (PIECE / spec.bytesPerSecond) * 1000;

  /** No two files are the same, for the server keeps one copy of what it has. */
  const upload = async (token: string, number: number): Promise<void> => {
    const outgoing = request({
      ...{ host: spec.host, port: spec.port, method: 'POST', path: '/attachments' },
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/octet-stream',
        'content-length': spec.bytes,
        'content-disposition': `attachment; filename=file-${String(number)}`,
        // As our client does, so that an upload that breaks off can go on.
        'upload-key': randomUUID(),
      },
    });
    const answered = new Promise<number>((resolve, reject) => {
      outgoing.once('response', (answer) => {
        answer.resume();
        answer.once('end', () => {
          resolve(answer.statusCode ?? 0);
        });
      });
      outgoing.once('error', reject);
    });
    // A refusal while the body is still being written is thrown below, where it is awaited.
    answered.catch(() => undefined);
    let due = performance.now();
    for (let left = spec.bytes; left > 0; left -= PIECE) {
      const next = Buffer.from(piece.subarray(0, Math.min(PIECE, left)));
      next.writeUInt32LE(number, 0);
      bytes += next.byteLength;
      if (!outgoing.write(next)) await new Promise((resolve) => outgoing.once('drain', resolve));
      due += pieceMs;
      if (due > performance.now()) await sleep(due - performance.now());
    }
    outgoing.end();
    const status = await answered;
    if (status !== 201) throw new Error(`an upload was answered with ${String(status)}`);
    files += 1;
  };

  const keepOn = async (token: string, at: number): Promise<never> => {
    for (let number = at; ; number += spec.tokens.length) await upload(token, number);
  };
  for (const [at, token] of spec.tokens.entries()) void keepOn(token, at);
  return () => ({ files, bytes, seconds: (performance.now() - started) / 1000 });
};

process.once('message', (spec: UploadsSpec) => {
  const result = run(spec);
  process.once('message', () => {
    process.send?.(result(), () => process.exit(0));
  });
});
