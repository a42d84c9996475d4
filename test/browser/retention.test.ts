import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { keptRows } from '../support/kept-rows.ts';
import { commandAnswer } from '../support/operator-command.ts';
import { LOST_CONNECTION } from '../support/page-faults.ts';
import { PersonPage } from '../support/person-page.ts';
import { say } from '../support/say.ts';
import { ServerProcess, sqliteOnly } from '../support/server-process.ts';
import { writePast } from '../support/write-past.ts';

const server = await ServerProcess.start({ after });
const browser = await openBrowser({ after });

const OLD = ['old one', 'old two', 'old three'];

test(
  '[C8] a conversation says where it begins, and a device keeps nothing of what was removed',
  { skip: sqliteOnly },
  async (t) => {
    const ada = await PersonPage.signedIn(t, browser, server, freshName('ada'));
    ada.faults.provoke(LOST_CONNECTION);
    const ben = await ChatClient.register(t, server, freshName('ben'));
    const { users } = await ben.get<{ users: { id: string }[] }>(`/users?query=${ada.username}`);
    const id = users[0]?.id ?? '';
    await server.kill('SIGTERM');
    writePast(server.dataDir, ben.id, id, OLD);
    await server.restart();
    const { socket } = await ben.online();
    await say(socket, { id }, 'new one');
    await ada.openChat(ben.username);
    await ada.shows([...OLD, 'new one']);
    assert.equal(await ada.page.getByText('Beginning of the conversation').count(), 1);
    const isKept = async (text: string): Promise<boolean> =>
      JSON.stringify(await keptRows(ada, 'timelines')).includes(text);
    await eventually('the device to keep the messages', () => isKept('old one'));

    await commandAnswer(server.dataDir, ['retention', 'run', '--days', '30']);
    await ada.page.reload();
    await ada.openChat(ben.username);
    const line = ada.page.getByText(/^Older messages, up to \d+ \w+ \d{4}, have been removed by this server/);
    await line.waitFor();
    await ada.shows(['new one']);
    await eventually('the device to forget the messages', async () => !(await isKept('old one')));
    assert.ok(await isKept('new one'));

    await ada
      .button(/^Search/)
      .first()
      .click();
    await ada.page.locator('search-panel input').fill('old');
    await ada.page.getByText(/^Not searched: older messages, up to/).waitFor();
  },
);
