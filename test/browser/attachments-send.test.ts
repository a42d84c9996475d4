import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import type { BrowserContextOptions, Locator } from 'playwright-core';
import type { MessageResource } from '../../server/protocol/resources/message.ts';
import { axeFaults } from '../support/axe.ts';
import { openBrowser } from '../support/browser.ts';
import { ChatClient, freshName } from '../support/chat-client.ts';
import { eventually } from '../support/eventually.ts';
import { LOST_CONNECTION } from '../support/page-faults.ts';
import { PersonPage } from '../support/person-page.ts';
import { pictureFile, withPlace } from '../support/picture-file.ts';
import { testInExtended } from '../support/scale.ts';
import { ServerProcess } from '../support/server-process.ts';
import { sharedServer } from '../support/shared-server.ts';

const server = await sharedServer({ after });
const browser = await openBrowser({ after });

interface Talk {
  readonly ada: PersonPage;
  readonly ben: ChatClient;
  /** What Ben has been sent, from the oldest on. */
  readonly messages: () => Promise<readonly MessageResource[]>;
  /** The bytes of a file, as Ben gets them. */
  readonly bytes: (id: string) => Promise<Buffer>;
}

/** Ada in front of a window, and Ben, who reads through the API. */
const talk = async (
  t: TestContext,
  options: BrowserContextOptions = {},
  place: { readonly url: string; readonly socketUrl: string } = server,
): Promise<Talk> => {
  const ben = await ChatClient.register(t, place, freshName('ben'));
  const ada = await PersonPage.signedIn(t, browser, place, freshName('ada'), {
    reducedMotion: 'reduce',
    ...options,
  });
  await ada.meet(ben.username);
  const get = (path: string): Promise<Response> =>
    fetch(place.url + path, { headers: { authorization: `Bearer ${ben.accessToken}` } });
  const messages = async (): Promise<readonly MessageResource[]> => {
    const list = (await (await get('/conversations')).json()) as { conversations: { id: string }[] };
    const [conversation] = list.conversations;
    if (conversation === undefined) return [];
    const page = (await (await get(`/conversations/${conversation.id}/messages`)).json()) as {
      messages: MessageResource[];
    };
    return page.messages;
  };
  const bytes = async (id: string): Promise<Buffer> =>
    Buffer.from(await (await get(`/attachments/${id}`)).arrayBuffer());
  return { ada, ben, messages, bytes };
};

const arrived = async (
  { messages }: Talk,
  count: number,
): Promise<readonly [MessageResource, ...MessageResource[]]> => {
  await eventually('the messages to arrive', async () => (await messages()).length === count);
  const all = await messages();
  assert.ok(all[0]);
  return [all[0], ...all.slice(1)];
};

const chips = ({ page }: PersonPage): Locator => page.locator('draft-files li');
const pick = async (
  { page }: PersonPage,
  ...files: readonly { readonly name: string; readonly mimeType: string; readonly buffer: Buffer }[]
): Promise<void> => {
  await page.locator('message-input input[type=file]').setInputFiles([...files]);
};
const textFile = (name: string, buffer: Buffer | string = 'Some text') => ({
  name,
  mimeType: 'text/plain',
  buffer: Buffer.from(buffer),
});
const uploaded = async (person: PersonPage, count: number): Promise<void> => {
  await eventually(
    'the files to be uploaded',
    async () => (await person.page.locator('draft-files li.uploaded').count()) === count,
  );
};
const send = ({ page }: PersonPage): Promise<void> => page.locator('message-input .send').click();

interface Network {
  /** Bytes per second for uploads; null for as fast as it goes. */
  readonly rate: (rate: number | null) => Promise<void>;
  /** Resolves when the page ends a request by itself. */
  readonly cancelled: Promise<void>;
}

const networkOf = async ({ page }: PersonPage): Promise<Network> => {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const cancelled = new Promise<void>((resolve) => {
    session.on('Network.loadingFailed', ({ canceled }) => {
      if (canceled === true) resolve();
    });
  });
  const rate = async (rate: number | null): Promise<void> => {
    await session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: rate ?? -1,
    });
  };
  return { rate, cancelled };
};
const MEGABYTE = Buffer.alloc(1024 * 1024, 'x');

/** Pastes or drops files, as the browser tells the page of it. */
const give = async ({ page }: PersonPage, how: 'paste' | 'drop', name: string): Promise<void> => {
  await page.locator('message-input textarea').evaluate(
    (field, { how, name }) => {
      const data = new DataTransfer();
      data.items.add(new File([`bytes of ${name}`], name, { type: 'text/plain' }));
      const options = { bubbles: true, composed: true, cancelable: true };
      if (how === 'drop') field.dispatchEvent(new DragEvent('dragenter', { ...options, dataTransfer: data }));
      field.dispatchEvent(
        how === 'paste'
          ? new ClipboardEvent('paste', { ...options, clipboardData: data })
          : new DragEvent('drop', { ...options, dataTransfer: data }),
      );
    },
    { how, name },
  );
};

test('[G2] [G3] [G4] files that are picked, pasted and dropped go with the next message, in this order', async (t) => {
  const talking = await talk(t);
  const { ada, bytes } = talking;
  await pick(ada, textFile('a/b\u202e.txt'));
  await chips(ada).nth(0).waitFor();
  await give(ada, 'paste', 'pasted.txt');
  await chips(ada).nth(1).waitFor();
  await give(ada, 'drop', 'dropped.txt');
  await uploaded(ada, 3);
  assert.equal(await ada.page.locator('conversation-view[data-drop]').count(), 0);
  assert.deepEqual(await axeFaults(ada.page), []);
  await ada.write('Three files');
  const [message] = await arrived(talking, 1);
  assert.equal(message.content, 'Three files');
  const names = message.attachments.map(({ name }) => name);
  assert.deepEqual(names.slice(1), ['pasted.txt', 'dropped.txt']);
  // A browser takes what looks like a path out of a name by itself.
  assert.match(names[0] ?? '', /^[^/\\\u202e]*b_\.txt$/);
  assert.equal((await bytes(message.attachments[1]?.id ?? '')).toString(), 'bytes of pasted.txt');
  await eventually('the draft to be empty', async () => (await chips(ada).count()) === 0);
  // Without a text too, and nothing of the sent files stays on the device.
  await pick(ada, textFile('alone.txt'));
  await uploaded(ada, 1);
  await send(ada);
  const [, second] = await arrived(talking, 2);
  assert.deepEqual([second?.content, second?.attachments.length], ['', 1]);
  await ada.page.reload();
  await ada.talksTo(talking.ben.username);
  assert.equal(await chips(ada).count(), 0);
});

test('a photo leaves its place and its camera here, unless the user sends the original', async (t) => {
  const talking = await talk(t);
  const { ada, bytes } = talking;
  const photo = withPlace(await pictureFile(ada.page, { type: 'image/jpeg', width: 3000, height: 1500 }));
  await pick(ada, { ...photo, name: 'beach.jpeg' });
  await uploaded(ada, 1);
  await ada.page.locator('draft-files img[src^="blob:"]').waitFor();
  await send(ada);
  const [plain] = await arrived(talking, 1);
  const sent = await bytes(plain.attachments[0]?.id ?? '');
  assert.deepEqual(plain.attachments[0]?.type, 'image/jpeg');
  assert.equal(sent.includes('Exif'), false);
  assert.equal(sent.includes('GPS'), false);
  const size = await ada.page.evaluate(
    async (bytes) => {
      const { width, height } = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
      return [width, height];
    },
    [...sent],
  );
  assert.deepEqual(size, [2048, 1024]);

  await pick(ada, { ...photo, name: 'beach.jpeg' });
  const original = ada.page.getByRole('button', { name: /as the original file/ });
  await original.click();
  await eventually(
    'the choice to be shown',
    async () => (await original.getAttribute('aria-pressed')) === 'true',
  );
  await ada.page.locator('draft-files li', { hasText: 'with place and camera data' }).waitFor();
  await uploaded(ada, 1);
  await send(ada);
  const [, whole] = await arrived(talking, 2);
  assert.deepEqual(await bytes(whole?.attachments[0]?.id ?? ''), photo.buffer);
});

test('an upload shows how far it is, and can be cancelled', async (t) => {
  const { ada } = await talk(t);
  const { rate, cancelled } = await networkOf(ada);
  await rate(200 * 1024);
  ada.faults.provoke(/net::ERR_ABORTED/);
  await pick(ada, textFile('long.txt', MEGABYTE));
  await ada.page.locator('draft-files li', { hasText: /[1-9]\d? % sent/ }).waitFor();
  await ada.page.getByRole('button', { name: /^Remove/ }).click();
  await cancelled;
  assert.equal(await chips(ada).count(), 0);
  assert.equal(await ada.page.locator('message-input .send').getAttribute('aria-disabled'), 'true');
  await eventually('the focus to be in the text field', async () => (await ada.focused()) === 'TEXTAREA');
  await rate(null);
});

test('[P2] offline and half-way through a reload nothing is lost, and what is written behind a file does not wait for it', async (t) => {
  const talking = await talk(t);
  const { ada } = talking;
  ada.faults.provoke(LOST_CONNECTION);
  await ada.write('First');
  await arrived(talking, 1);
  await ada.context.setOffline(true);
  await pick(ada, textFile('offline.txt'));
  await ada.page.locator('draft-files li.waiting').waitFor();
  await ada.write('With a file');
  await ada.showsState('With a file', 'sending');
  await ada.context.setOffline(false);
  const [, second] = await arrived(talking, 2);
  assert.equal(second?.attachments[0]?.name, 'offline.txt');

  const { rate } = await networkOf(ada);
  await rate(150 * 1024);
  await pick(ada, textFile('long.txt', MEGABYTE));
  await ada.page.locator('draft-files li.uploading').waitFor();
  await ada.write('Takes long');
  await ada.write('Behind it');
  const [, , third] = await arrived(talking, 3);
  assert.equal(third?.content, 'Behind it');
  ada.faults.provoke(/net::ERR_/);
  await ada.page.reload();
  await ada.showsState('Takes long', 'sending');
  await rate(null);
  const all = await arrived(talking, 4);
  assert.deepEqual(
    all.map(({ content, attachments }) => [content, attachments.length]),
    [
      ['First', 0],
      ['With a file', 1],
      ['Behind it', 0],
      ['Takes long', 1],
    ],
  );
  await ada.showsState('Takes long', 'sent');
});

test('a second tab has the files of the draft too, and sends them when the first is gone', async (t) => {
  const talking = await talk(t);
  const { ada, ben } = talking;
  const other = await ada.secondTab();
  await other.openChat(ben.username);
  const { rate } = await networkOf(ada);
  await rate(100 * 1024);
  await pick(ada, textFile('long.txt', MEGABYTE));
  await ada.page.locator('draft-files li.uploading').waitFor();
  await chips(other).waitFor();
  // Only one of the tabs uploads it.
  await other.page.locator('draft-files li.waiting').waitFor();
  await ada.page.close();
  await uploaded(other, 1);
  await send(other);
  const [message] = await arrived(talking, 1);
  assert.equal(message.attachments[0]?.size, MEGABYTE.length);
});

test('eleven files are one too many, and a telephone has room for them', async (t) => {
  const { ada } = await talk(t, { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true });
  const names = Array.from({ length: 11 }, (_, at) => `a rather long name of file number ${String(at)}.txt`);
  await pick(ada, ...names.map((name) => textFile(name)));
  await ada.page.getByText('A message takes at most 10 files.', { exact: false }).waitFor();
  await uploaded(ada, 10);
  const wide = await ada.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, String(wide));
  for (const button of await ada.page.locator('draft-files button, message-input .clip').all()) {
    const box = await button.boundingBox();
    if (box !== null) assert.ok(box.width >= 44 && box.height >= 44, JSON.stringify(box));
  }
  assert.deepEqual(await axeFaults(ada.page), []);
});

testInExtended(
  '[G1] a server with a limit says it; one that takes no files shows nothing of them',
  async (t) => {
    const place = await ServerProcess.start(t, { PARLEY_ATTACHMENT_MAX_MB: '1' });
    const { ada, ben } = await talk(t, {}, place);
    await pick(ada, textFile('large.txt', Buffer.alloc(MEGABYTE.length + 1)));
    await ada.page.locator('draft-files li.refused', { hasText: 'takes at most' }).waitFor();
    await ada.composer.fill('Text');
    assert.equal(await ada.page.locator('message-input .send').getAttribute('aria-disabled'), 'true');
    await ada.page.getByRole('button', { name: /^Remove/ }).click();
    await ada.write('Text');
    await ada.showsState('Text', 'sent');
    ada.faults.provoke(LOST_CONNECTION, /status of 404/);
    await place.restart({ PARLEY_ATTACHMENT_MAX_MB: '0' });
    // After its back-off.
    await ada.page.locator('.clip').waitFor({ state: 'detached' });
    await give(ada, 'drop', 'dropped.txt');
    await ada.page.getByText('Files and pictures can’t be sent yet.', { exact: false }).waitFor();
    await ada.talksTo(ben.username);
  },
);

testInExtended(
  'files that another app shares come into the draft of the conversation that is chosen',
  async (t) => {
    const { ada, ben } = await talk(t, { serviceWorkers: 'allow' });
    const { page } = ada;
    await ada.write('Hello');
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      while (navigator.serviceWorker.controller === null)
        await new Promise((resolve) => {
          navigator.serviceWorker.addEventListener('controllerchange', resolve);
        });
    });
    // As the system does it, but for the navigation, which the page's own policy forbids to its forms.
    await page.evaluate(async () => {
      const form = new FormData();
      form.set('text', 'Look');
      form.append('files', new File(['shared bytes'], 'shared ä.txt', { type: 'text/plain' }));
      await fetch('./', { method: 'POST', body: form });
    });
    await page.goto(`${server.url}/?text=Look&shared=1`);
    const dialog = page.locator('quick-switcher dialog');
    await dialog.getByRole('option', { name: ben.username }).click();
    await ada.talksTo(ben.username);
    await chips(ada).filter({ hasText: 'shared' }).waitFor();
    await uploaded(ada, 1);
    assert.equal(await ada.composer.inputValue(), 'Look');
    assert.equal(await page.evaluate(() => caches.has('parley-shared')), false);
  },
);
