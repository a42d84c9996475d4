import assert from 'node:assert/strict';
import { openWriter } from '../../server/storage/sqlite/open-writer.ts';
import { pairOf } from '../storage/stage.ts';
import { ManualClock } from './manual-clock.ts';
import { SequenceIds } from './sequence-ids.ts';

const DAY_MS = 86_400_000;

/** Stores messages as a server of two months ago would have; none may run. */
export const writePast = (dataDir: string, from: string, to: string, contents: readonly string[]): void => {
  const clock = new ManualClock(Date.now() - 60 * DAY_MS);
  const ids = new SequenceIds();
  const writer = openWriter(dataDir, { clock });
  try {
    const writes = contents.map((content) => ({
      type: 'appendMessage' as const,
      input: {
        messageId: ids.next(),
        pair: pairOf(from, to),
        senderId: from,
        newConversationId: ids.next(),
        content,
      },
    }));
    for (const outcome of writer.commit(writes)) assert.equal(outcome.ok, true);
  } finally {
    writer.close();
  }
};
