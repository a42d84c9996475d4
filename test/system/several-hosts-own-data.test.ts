import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ExportLink } from '../../server/protocol/resources/own-data.ts';
import { ChatClient, expectStatus, freshName } from '../support/chat-client.ts';
import { within } from '../support/deadline.ts';
import { exportedData, waitingExport } from '../support/export-download.ts';
import { http } from '../support/http-client.ts';
import { withoutPostgres } from '../support/postgres-missing.ts';
import { denseTexts } from '../support/random-text.ts';
import { startHosts } from '../support/several-hosts.ts';

const hosts = withoutPostgres === false ? (await startHosts({ after }, 2)).hosts : [];

test(
  '[E1] [E4] [E5] [H3] an export at any host: by a link of another one, and ended by an end of its session there',
  { skip: withoutPostgres },
  async (t) => {
    const [one, other] = hosts;
    assert.ok(one && other);
    const ada = await ChatClient.register(t, one, freshName('ada'));
    const ben = await ChatClient.register(t, other, freshName('ben'));
    const { socket } = await ben.online();
    const texts = Array.from({ length: 10 }, () => denseTexts(40)).flat();
    const ids = texts.map((content) => socket.send('message', { recipient_id: ada.id, content }));
    await socket.next('ack', ({ payload }) => payload.message_id === ids.at(-1) && payload.status === 'sent');

    const { path } = expectStatus(await ada.http('POST', '/users/me/export/link'), 201).json<ExportLink>();
    const { messages } = await exportedData(
      expectStatus(await http('GET', `${other.url}${path}`), 200).bytes,
    );
    assert.deepEqual(
      messages.map(({ content }) => content),
      texts,
    );
    expectStatus(await http('GET', `${other.url}${path}`), 410);

    const phone = await ChatClient.login(t, one, ada.username);
    const running = await waitingExport(t, other, phone.at(other));
    expectStatus(await phone.http('POST', '/auth/logout'), 204);
    const { outcome } = await within(
      5_000,
      'the end of the export',
      other.run.line('own-data.ended', ({ outcome: how }) => how !== 'sent'),
    );
    assert.equal(outcome, 'session');
    running.resume();
    await new Promise((resolve) => running.once('close', resolve));
    assert.equal(running.complete, false);
  },
);
