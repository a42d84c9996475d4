/** A task for a pool of threads that waits, without giving its thread back, until somebody wakes it. */
export default function waitingTask({ gate, answer }: { gate: Int32Array; answer: unknown }): unknown {
  Atomics.wait(gate, 0, 0);
  return { ok: true, result: answer };
}
