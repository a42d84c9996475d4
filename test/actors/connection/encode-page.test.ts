import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodePage, PAGE_MAX_LETTERS } from '../../../server/actors/connection/encode-page.ts';
import type { LogEvent } from '../../../server/protocol/server-frames.ts';
import { SequenceIds } from '../../support/sequence-ids.ts';

const ids = new SequenceIds();
const AT = Date.UTC(2026, 0, 1);
const ME = ids.next();
const message = (cursor: number, content: string): LogEvent => ({
  type: 'message',
  cursor,
  at: AT,
  payload: {
    message_id: ids.next(),
    conversation_id: ids.next(),
    seq: cursor,
    sender_id: ids.next(),
    sender_name: 'ben',
    recipient_id: ME,
    content,
    sent_at: '2026-01-01T00:00:00.000Z',
    is_anonymized: false,
    reply_to: null,
    reactions: [],
    attachments: [],
  },
});

test('[P9][D12] a page of long events ends early and says so; put together the pages are the log', () => {
  const log = Array.from({ length: 60 }, (_, i) => message(i + 1, 'x'.repeat(i % 3 === 0 ? 5_000 : 10_000)));
  const got: number[] = [];
  for (let cursor = 0, more = true; more;) {
    const events = log.filter((event) => event.cursor > cursor);
    const page = encodePage({ events, cursor: 70, more: false }, ME, ids);
    assert.ok(page.frames.length > 0);
    const letters = page.frames.reduce((sum, frame) => sum + frame.length, 0);
    assert.ok(letters < PAGE_MAX_LETTERS + 11_000, String(letters));
    got.push(...page.cursors);
    assert.equal(page.cursor, page.more ? page.cursors.at(-1) : 70);
    cursor = page.cursor;
    more = page.more;
  }
  assert.deepEqual(
    got,
    log.map(({ cursor }) => cursor),
  );
});

test('a page of short events is as it was read', () => {
  const events = [message(3, 'a'), message(5, 'b')];
  const page = encodePage({ events, cursor: 9, more: true }, ME, ids);
  assert.deepEqual([page.cursors, page.cursor, page.more], [[3, 5], 9, true]);
});

test('one event that is longer than a page is a page', () => {
  const page = encodePage(
    { events: [message(1, 'x'.repeat(PAGE_MAX_LETTERS + 1)), message(2, 'y')], cursor: 2, more: false },
    ME,
    ids,
  );
  assert.deepEqual([page.frames.length, page.cursor, page.more], [1, 1, true]);
});

test('[S7] a page says whose presence its frames show', () => {
  const other = ids.next();
  const shown = {
    ...{ id: other, username: 'ben', created_at: '2026-01-01T00:00:00.000Z' },
    ...{ display_name: null, about: null, avatar: null },
    ...{ status: 'online' as const, last_seen: '2026-01-01T00:00:01.000Z' },
  };
  const events: LogEvent[] = [
    message(1, 'hi'),
    { type: 'user', cursor: 2, at: AT, payload: { change: 'blocked', user: shown } },
    {
      type: 'user',
      cursor: 3,
      at: AT,
      payload: { change: 'deleted', user: { id: other, username: 'Deleted User', deleted: true } },
    },
  ];
  const page = encodePage({ events, cursor: 3, more: false }, ME, ids);
  assert.deepEqual(page.shown, { 1: { userId: other, status: 'online', lastSeen: AT + 1_000 } });
  assert.equal(encodePage({ events: events.slice(0, 1), cursor: 1, more: false }, ME, ids).shown, undefined);
});
