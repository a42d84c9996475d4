import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connection } from '../../server/actors/connection/messages.ts';
import { conversation } from '../../server/actors/conversation/messages.ts';
import { chatDirectory } from '../../server/actors/directory.ts';
import { loginThrottle } from '../../server/actors/login-throttle/messages.ts';
import { edge } from '../../server/actors/services/edge.ts';
import { helper } from '../../server/actors/services/helper.ts';
import { tokens } from '../../server/actors/services/tokens.ts';
import { writer } from '../../server/actors/services/writer.ts';
import { user } from '../../server/actors/user/messages.ts';

for (const shards of [0, 1, 4]) {
  test(`with ${String(shards)} shards, whatever lives on one thread is found there by its ref`, () => {
    const threadOf = chatDirectory(shards);
    for (const ref of [connection('s'), loginThrottle('ip'), edge, helper, tokens])
      assert.equal(threadOf(ref.address), 'edge', ref.address);
    assert.equal(threadOf(writer.address), 'writer');
    for (const ref of [user('u'), conversation({ first: 'a', second: 'b' })])
      assert.match(threadOf(ref.address), shards === 0 ? /^edge$/ : /^shard:\d$/);
  });
}
