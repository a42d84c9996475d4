import type { WriteOutcome } from '../../server/storage/group-commit.ts';
import type { LoggedEvent, Queries, WriteMessage } from '../../server/storage/store.ts';

/** Bugs made on purpose, in the simulator alone: one that it can't find would make its silence worthless. */
export const BUGS = [
  'ack-before-commit',
  'dedupe-by-memory',
  'replay-before-subscribe',
  'cursor-of-newest-message',
  'receipt-back',
] as const;
export type Bug = (typeof BUGS)[number];

/** What a writer would answer that did not wait for its commit. */
export const forgedOutcomes = (
  batch: readonly WriteMessage[],
  queries: Queries,
  now: number,
): readonly WriteOutcome[] => {
  const seqs = new Map<string, number>();
  const cursors = new Map<string, number>();
  const nextOf = (map: Map<string, number>, key: string, stored: number): number => {
    const next = (map.get(key) ?? stored) + 1;
    map.set(key, next);
    return next;
  };
  return batch.map((write): WriteOutcome => {
    const state = write.type === 'appendMessage' ? queries.conversationState(write.input.pair) : null;
    if (write.type !== 'appendMessage' || state === null)
      return { ok: false, fault: { code: 'unavailable', detail: 'not now' } };
    const { pair, senderId } = write.input;
    const recipientId = senderId === pair.first ? pair.second : pair.first;
    return {
      ok: true,
      result: {
        kind: 'appended',
        conversationId: state.id,
        seq: nextOf(seqs, state.id, state.lastSeq),
        sentAt: now,
        senderCursor: nextOf(cursors, senderId, queries.headCursor(senderId)),
        recipientCursor: nextOf(cursors, recipientId, queries.headCursor(recipientId)),
        senderName: '',
        duplicate: false,
      },
      events: [],
    };
  });
};

/** A writer that knows repeated ids only while it lives: after a restart a retry is a message of its own. */
export class MemoryDedupe {
  readonly #queries: Queries;
  readonly #nextId: () => string;
  readonly #seen = new Set<string>();

  constructor(queries: Queries, nextId: () => string) {
    this.#queries = queries;
    this.#nextId = nextId;
  }

  renamed(batch: readonly WriteMessage[]): readonly WriteMessage[] {
    return batch.map((write) => {
      if (write.type !== 'appendMessage') return write;
      const { messageId } = write.input;
      const known = this.#seen.has(messageId);
      this.#seen.add(messageId);
      if (known || this.#queries.messageLocation(messageId) === null) return write;
      return { ...write, input: { ...write.input, messageId: this.#nextId() } };
    });
  }
}

/** A store whose receipts say less than the ones before. */
export const goneBack = (outcome: WriteOutcome): WriteOutcome => {
  if (!outcome.ok || !('kind' in outcome.result) || outcome.result.kind !== 'marked') return outcome;
  const events = outcome.events.map(({ userId, event }): LoggedEvent =>
    event.type === 'ack' && event.payload.seq > 3
      ? { userId, event: { ...event, payload: { ...event.payload, seq: event.payload.seq - 3 } } }
      : { userId, event },
  );
  return { ...outcome, events };
};
