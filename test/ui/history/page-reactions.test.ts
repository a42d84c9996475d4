import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Api } from '../../../ui/net/api.ts';
import { History } from '../../../ui/history/history.ts';
import type { Model } from '../../../ui/model/model.ts';
import { settled } from '../../support/settled.ts';
import { CHAT, idOf, ME, PEER, sampleModel, wireMessage } from '../sample.ts';

test('a page that was read before a reaction came does not undo it', async () => {
  let model: Model = sampleModel({ lastSeq: 2 });
  let answer = (): void => undefined;
  const page = {
    messages: [
      wireMessage(1, false),
      { ...wireMessage(2, false), reactions: [{ user_id: PEER, emoji: '😢' }] },
    ],
    has_more: false,
  };
  const history = new History({
    api: {
      messages: () =>
        new Promise((resolve) => {
          answer = () => {
            resolve(page);
          };
        }),
    } as unknown as Api,
    model: () => model,
    change: (edit) => {
      model = edit(model);
    },
    generation: () => 0,
  });
  const change = (seq: number, userId: string, emoji: string | null) =>
    ({ conversationId: CHAT, messageId: idOf(seq), seq, userId, emoji }) as const;
  history.reacted(change(1, PEER, '😮'));
  const opened = history.open(CHAT);
  await settled();
  history.reacted(change(1, ME, '👍'));
  history.reacted(change(1, ME, '❤️'));
  history.reacted(change(2, PEER, null));
  history.reacted({ ...change(1, PEER, '😂'), conversationId: idOf(88) });
  answer();
  await opened;
  assert.deepEqual(
    model.timelines.get(CHAT)?.messages.map(({ reactions }) => reactions.map(({ emoji }) => emoji)),
    [['❤️'], []],
  );
});
