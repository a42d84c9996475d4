import type { Browser } from 'playwright-core';
import { named } from '../test/support/attach.ts';
import { ChatClient, expectStatus } from '../test/support/chat-client.ts';
import type { ChatSocket } from '../test/support/chat-socket.ts';
import { react } from '../test/support/react.ts';
import type { ServerProcess } from '../test/support/server-process.ts';
import type { Scope } from '../test/support/temp-dir.ts';
import { drawnKitchen, drawnPortrait, type Portrait } from './screenshot-pictures.ts';

/** Who said what, how many minutes ago, and what else belongs to it. */
interface Line {
  readonly who: string;
  readonly text: string;
  readonly ago: number;
  /** The text of the message that it replies to. */
  readonly to?: string;
  /** What the other one reacted with. */
  readonly reaction?: string;
  readonly picture?: true;
}

const DAY = 1440;
const line = (
  who: string,
  text: string,
  ago: number,
  rest: Omit<Line, 'who' | 'text' | 'ago'> = {},
): Line => ({
  who,
  text,
  ago,
  ...rest,
});
const LOWER = 'Can he make the shelf ten centimetres lower? I would never reach the top board.';
const SKETCH = 'His new sketch';

/** What marta and each of the others wrote to each other. */
const TALKS: Readonly<Record<string, readonly Line[]>> = {
  'dr.weiss': [line('dr.weiss', 'The results are in: all fine. See you in spring.', 3 * DAY + 200)],
  lena: [
    line('marta', 'Did the parcel arrive?', DAY + 95),
    line('lena', 'Yes! The blue one fits perfectly, thank you!', DAY + 80, { reaction: '💙' }),
  ],
  atelier: [line('atelier', 'Your frame can be picked up from Thursday on, we are open until six.', 300)],
  jonas: [
    line('marta', LOWER, DAY + 301),
    line('jonas', 'He says yes, no extra cost. *Oak* or *ash*?', 52, { to: LOWER }),
    line('marta', 'Ash. Lighter, and it goes with the table.', 47, { reaction: '👍' }),
    line('jonas', SKETCH, 44, { picture: true }),
    line('marta', 'Oh, that is lovely! The sill is 92 cm, I measured twice.', 31, {
      to: SKETCH,
      reaction: '❤️',
    }),
    line('jonas', 'Perfect, I will write to him now.', 12, { reaction: '🙏' }),
    line('marta', 'Soup tonight?', 3),
  ],
};
/** Whose last message marta has not read. */
const UNREAD = 'atelier';

const PEOPLE: Readonly<Record<string, { readonly shown: string; readonly portrait?: Portrait }>> = {
  marta: {
    shown: 'Marta Lind',
    portrait: { hair: '#5a3825', skin: '#e8b894', clothes: '#0f6d72', back: '#f3d9b8', isLongHaired: true },
  },
  jonas: {
    shown: 'Jonas Berg',
    portrait: { hair: '#2b211c', skin: '#d29a72', clothes: '#c2592e', back: '#bcd7d6' },
  },
  lena: {
    shown: 'Lena Kovač',
    portrait: { hair: '#c98d3f', skin: '#f0c9a8', clothes: '#6b5b95', back: '#d8e2c8', isLongHaired: true },
  },
  'dr.weiss': { shown: 'Dr. Weiss' },
  atelier: { shown: 'Atelier Nord' },
};

const agesByText = new Map(
  Object.values(TALKS)
    .flat()
    .map(({ text, ago }) => [text, ago]),
);

/** The server stamps what it stores with the time of storing; for the picture the messages are as old as they say. */
export const aged = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(aged);
  if (value === null || typeof value !== 'object') return value;
  const copy: Record<string, unknown> = Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, aged(each)]),
  );
  const minutes = agesByText.get(String(copy['content']));
  if (minutes === undefined) return copy;
  return { ...copy, sent_at: new Date(Date.now() - minutes * 60_000).toISOString() };
};

interface Player {
  readonly client: ChatClient;
  readonly socket: ChatSocket;
}

/** Everybody of the talks signs in and writes what they wrote. */
export const play = async (scope: Scope, server: ServerProcess, browser: Browser): Promise<void> => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const signIn = async (name: string): Promise<Player> => {
    const client = await ChatClient.register(scope, server, name);
    const { shown, portrait } = PEOPLE[name] ?? {};
    expectStatus(await client.http('PATCH', '/users/me', { body: { display_name: shown } }), 200);
    const headers = { 'content-type': 'image/jpeg' };
    if (portrait !== undefined) {
      const body = await drawnPortrait(page, portrait);
      expectStatus(await client.http('PUT', '/users/me/avatar', { body, headers }), 204);
    }
    return { client, socket: (await client.online()).socket };
  };
  const marta = await signIn('marta');
  const players: [string, Player][] = [['marta', marta]];
  const kitchen = await drawnKitchen(page);
  for (const [name, lines] of Object.entries(TALKS)) {
    const other = await signIn(name);
    players.push([name, other]);
    await say(marta, other, lines, kitchen, name !== UNREAD);
  }
  for (const [name, { socket }] of players)
    if (['marta', 'dr.weiss', 'atelier'].includes(name)) await socket.close();
  await context.close();
};

/** The lines of one talk, one after the other. `isRead`: by the one they are for. */
const say = async (
  marta: Player,
  other: Player,
  lines: readonly Line[],
  picture: Buffer,
  isRead: boolean,
): Promise<void> => {
  const ids = new Map<string, string>();
  for (const { who, text, to, reaction, picture: hasPicture } of lines) {
    const [writer, reader] = who === 'marta' ? [marta, other] : [other, marta];
    const replyTo = ids.get(to ?? '');
    const attachments = hasPicture ? [await uploaded(writer.client, picture)] : [];
    const id = writer.socket.send('message', {
      recipient_id: reader.client.id,
      content: text,
      ...(replyTo !== undefined && { reply_to: replyTo }),
      ...(attachments.length > 0 && { attachments }),
    });
    await writer.socket.answerTo(id);
    ids.set(text, id);
    if (isRead) reader.socket.send('ack', { message_id: id, status: 'read' });
    if (reaction !== undefined) await react(reader.socket, id, reaction);
    await reader.socket.roundTrip();
  }
};

const uploaded = async (client: ChatClient, body: Buffer): Promise<string> => {
  const headers = { 'content-type': 'image/jpeg', 'content-disposition': named('Sketch.jpg') };
  const answer = expectStatus(await client.http('POST', '/attachments', { body, headers }), 201);
  return answer.json<{ id: string }>().id;
};
