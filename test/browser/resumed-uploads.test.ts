import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, test, type TestContext } from 'node:test';
import type { AttachmentResource } from '../../server/protocol/resources/attachment.ts';
import type { MessageResource } from '../../server/protocol/resources/message.ts';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { MeteredProxy } from '../support/metered-proxy.ts';
import { LOST_CONNECTION } from '../support/page-faults.ts';
import { PersonPage } from '../support/person-page.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

const FILE = randomBytes(5 * 1024 * 1024);
const HALF = FILE.length / 2;
/** A chunk, which is lost if it is not whole, and the requests beside the upload. */
const BESIDE = 256 * 1024;

/** Ada behind a proxy, and Ben, to whom she writes. */
const talk = async (t: TestContext) => {
  const { hostname, port } = new URL(server.url);
  const proxy = await MeteredProxy.start(t, { host: hostname, port: Number(port) });
  const ben = await ChatClient.register(t, server, freshName('ben'));
  const ada = await PersonPage.signedIn(t, browser, proxy, freshName('ada'), { reducedMotion: 'reduce' });
  ada.faults.provoke(LOST_CONNECTION);
  await ada.meet(ben.username);
  return { proxy, ben, ada };
};

const pick = async ({ page }: PersonPage): Promise<void> => {
  const file = { name: 'film.bin', mimeType: 'application/octet-stream', buffer: FILE };
  await page.locator('message-input input[type=file]').setInputFiles([file]);
};
const isUploaded = ({ page }: PersonPage): Promise<void> => page.locator('draft-files li.uploaded').waitFor();

const filesOf = async (ben: ChatClient): Promise<readonly AttachmentResource[]> => {
  const { conversations } = await ben.get<{ conversations: { id: string }[] }>('/conversations');
  const [conversation] = conversations;
  if (conversation === undefined) return [];
  const path = `/conversations/${conversation.id}/messages`;
  const { messages } = await ben.get<{ messages: MessageResource[] }>(path);
  return messages.flatMap(({ attachments }) => attachments);
};

const assertArrived = async (ada: PersonPage, ben: ChatClient): Promise<void> => {
  await ada.page.locator('message-input .send').click();
  await eventually('the file to arrive', async () => (await filesOf(ben)).length === 1);
  const [file] = await filesOf(ben);
  const sha256 = createHash('sha256').update(FILE).digest('hex');
  assert.deepEqual([file?.name, file?.size, file?.sha256], ['film.bin', FILE.length, sha256]);
};

test('[G9] an upload whose connection is lost half-way sends the other half, and not all of it again', async (t) => {
  const { proxy, ben, ada } = await talk(t);
  const lost = proxy.loseAfter(HALF);
  await pick(ada);
  const passed = await lost;
  const before = proxy.sent;
  await isUploaded(ada);
  const again = proxy.sent - before;
  assert.ok(again <= FILE.length - passed + BESIDE, `${String(again)} after ${String(passed)}`);
  await assertArrived(ada, ben);
});

test('[G9] a page that is loaded anew in the middle of an upload goes on with it', async (t) => {
  const { proxy, ben, ada } = await talk(t);
  const held = proxy.holdAfter(HALF);
  await pick(ada);
  const passed = await held;
  const before = proxy.sent;
  ada.faults.provoke(/net::ERR_/);
  await ada.page.reload();
  await ada.talksTo(ben.username);
  await isUploaded(ada);
  const again = proxy.sent - before;
  assert.ok(again <= FILE.length - passed + BESIDE, `${String(again)} after ${String(passed)}`);
  await assertArrived(ada, ben);
});
