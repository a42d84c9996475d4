import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UserMessage } from '../../../server/actors/user/messages.ts';
import { userProps } from '../../../server/actors/user/user.ts';
import { RecordedContext } from '../../support/recorded-context.ts';
import { seenUser } from './seen-user.ts';

test('[B3] whoever is blocked by now is told that they see nothing, and the others what they see', async () => {
  const queries = {
    user: (viewer: string) => Promise.resolve(seenUser(viewer === 'p4' ? null : 'online')),
  };
  const context = new RecordedContext<UserMessage>(userProps(queries).create('u'));
  for (const peerId of ['p4', 'p3']) await context.give({ type: 'introduce', peerId });
  assert.deepEqual(
    context.told.map(({ message }) => {
      const { payload } = JSON.parse(message['frame'] as string) as { payload: unknown };
      return [message['userIds'], payload];
    }),
    [
      [['p4'], { user_id: 'u', status: null, last_seen: null }],
      [['p3'], { user_id: 'u', status: 'online', last_seen: null }],
    ],
  );
});
