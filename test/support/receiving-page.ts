import type { Browser, BrowserContextOptions } from 'playwright-core';
import type { AttachmentResource } from '../../server/protocol/resources/attachment.ts';
import { sayWith, upload } from './attach.ts';
import { ChatClient, freshName, type Place } from './chat-client.ts';
import { PersonPage } from './person-page.ts';
import { png } from './sample-images.ts';
import type { Scope } from './temp-dir.ts';

export interface SentFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

export const picture = (name: string, shade = 128): SentFile => ({
  name,
  type: 'image/png',
  bytes: png(40, 30, { shade }),
});

/** Ada in front of her conversation with Ben, who sends her files. */
export interface Receiving {
  readonly ada: PersonPage;
  readonly ben: ChatClient;
  /** Sends a message with files, and resolves with them once it is stored. */
  readonly send: (files: readonly SentFile[], text?: string) => Promise<readonly AttachmentResource[]>;
}

export const receiving = async (
  scope: Scope,
  browser: Browser,
  place: Place,
  options: BrowserContextOptions = {},
): Promise<Receiving> => {
  const ada = await PersonPage.signedIn(scope, browser, place, freshName('ada'), options);
  const ben = await ChatClient.register(scope, place, freshName('ben'));
  const { users } = await ben.get<{ users: { id: string }[] }>(`/users?query=${ada.username}`);
  const [peer] = users;
  if (peer === undefined) throw new Error('nobody is found');
  const { socket } = await ben.online();
  const send: Receiving['send'] = async (files, text = '') => {
    const sent: AttachmentResource[] = [];
    for (const { bytes, name, type } of files) sent.push(await upload(ben, bytes, { name, type }));
    await sayWith(
      socket,
      peer,
      sent.map(({ id }) => id),
      text,
    );
    return sent;
  };
  socket.send('message', { recipient_id: peer.id, content: 'Hello' });
  await ada.openChat(ben.username);
  await ada.bubble('Hello').waitFor();
  return { ada, ben, send };
};
