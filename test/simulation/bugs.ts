import type { WriteOutcome } from '../../server/storage/outcome.ts';
import type { LoggedEvent } from '../../server/storage/logged-event.ts';
import type { Reads } from '../../server/storage/reads.ts';
import type { WriteMessage } from '../../server/storage/writes.ts';

import { conversationBetween } from '../support/conversation-between.ts';

/** Bugs made on purpose, in the simulator alone: one that it can't find would make its silence worthless. */
export const BUGS = [
  'ack-before-commit',
  'dedupe-by-memory',
  'replay-before-subscribe',
  'cursor-of-newest-message',
  'receipt-back',
] as const;
/** Those that several hosts make. */
export const HOST_BUGS = ['no-reconciliation', 'dead-host-kept', 'throttle-per-host'] as const;
type HostBug = (typeof HOST_BUGS)[number];
/** Those that show after a removal. */
export const RETENTION_BUGS = ['numbers-begin-anew'] as const;
type RetentionBug = (typeof RETENTION_BUGS)[number];
export type Bug = (typeof BUGS)[number] | HostBug | RetentionBug;

/** What a writer would answer that did not wait for its commit. */
export const forgedOutcomes = (
  batch: readonly WriteMessage[],
  reads: Reads,
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
    const state = write.type === 'appendMessage' ? conversationBetween(reads, write.input.pair) : null;
    if (write.type !== 'appendMessage' || state === null)
      return { ok: false, fault: { code: 'unavailable', detail: 'not now' } };
    const { pair, senderId } = write.input;
    const recipientId = senderId === pair.first ? pair.second : pair.first;
    return {
      ok: true,
      result: {
        kind: 'appended',
        conversationId: state.id,
        seq: nextOf(seqs, state.id, state.last_seq),
        sentAt: now,
        senderCursor: nextOf(cursors, senderId, reads.headCursor(senderId)),
        recipientCursor: nextOf(cursors, recipientId, reads.headCursor(recipientId)),
        senderName: '',
        duplicate: false,
      },
      events: [],
    };
  });
};

/** A writer that knows repeated ids only while it lives: after a restart a retry is a message of its own. */
export class MemoryDedupe {
  readonly #reads: Reads;
  readonly #nextId: () => string;
  readonly #seen = new Set<string>();

  constructor(reads: Reads, nextId: () => string) {
    this.#reads = reads;
    this.#nextId = nextId;
  }

  renamed(batch: readonly WriteMessage[]): readonly WriteMessage[] {
    return batch.map((write) => {
      if (write.type !== 'appendMessage') return write;
      const { messageId } = write.input;
      const known = this.#seen.has(messageId);
      this.#seen.add(messageId);
      if (known || this.#reads.messageLocation(messageId) === null) return write;
      return { ...write, input: { ...write.input, messageId: this.#nextId() } };
    });
  }
}

/** A store whose receipts say less than the ones before. */
export const goneBack = (outcome: WriteOutcome): WriteOutcome => {
  if (!outcome.ok || !('kind' in outcome.result) || outcome.result.kind !== 'advanced') return outcome;
  const events = outcome.events.map(({ userId, event }): LoggedEvent =>
    event.type === 'ack' && event.payload.seq > 3
      ? { userId, event: { ...event, payload: { ...event.payload, seq: event.payload.seq - 3 } } }
      : { userId, event },
  );
  return { ...outcome, events };
};

/** A store that counts the messages of a conversation that are there. `removedTo`: how many are not. */
export const countedAnew = (
  outcome: WriteOutcome,
  removedTo: (conversationId: string) => number,
): WriteOutcome => {
  if (!outcome.ok || !('kind' in outcome.result) || outcome.result.kind !== 'appended') return outcome;
  const { result } = outcome;
  return { ...outcome, result: { ...result, seq: result.seq - removedTo(result.conversationId) } };
};

/** A store that does not say that connections of dead hosts are left: nobody settles them. */
export const keepingAbandoned = (outcome: WriteOutcome): WriteOutcome =>
  outcome.ok && 'abandoned' in outcome.result
    ? { ...outcome, result: { ...outcome.result, abandoned: false } }
    : outcome;

/** A login throttle that each host has for itself. */
export const withKeyOfHost = (write: WriteMessage, host: string): WriteMessage => {
  switch (write.type) {
    case 'enterLogin':
      return { ...write, input: { ...write.input, key: `${host}${write.input.key}` } };
    case 'settleLogin':
      return { ...write, input: { ...write.input, key: `${host}${write.input.key}` } };
    default:
      return write;
  }
};
