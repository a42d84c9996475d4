import { pause } from './deadline.ts';

/** A task for a pool of threads that waits, while its thread does other things, until somebody opens the gate. Afterwards it leaves a
 *  timer, which opens `later`. */
export default async function patientTask({
  gate,
  later,
  answer,
}: {
  gate: Int32Array;
  later: Int32Array;
  answer: unknown;
}): Promise<unknown> {
  while (Atomics.load(gate, 0) === 0) await pause(1);
  void pause(1).then(() => Atomics.store(later, 0, 1));
  return { ok: true, result: answer };
}
