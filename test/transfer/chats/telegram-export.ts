/** Made-up exports in the form of Telegram Desktop's. */

export const OWNER_ID = 1001;

/** A text message. */
export const telegramText = (id: number, from: number, text: unknown, more: object = {}): object => ({
  id,
  type: 'message',
  date: '2021-01-01T10:00:00',
  date_unixtime: String(1_609_495_200 + id),
  from: `Person ${String(from)}`,
  from_id: `user${String(from)}`,
  text,
  text_entities: [],
  ...more,
});

export const personalChat = (
  id: number,
  messages: readonly object[],
  name: string | null = 'Ada L',
): object => ({
  name,
  type: 'personal_chat',
  id,
  messages,
});

export const wholeAccount = (chats: readonly object[], more: object = {}): object => ({
  about: 'Here is the data you requested.',
  personal_information: {
    user_id: OWNER_ID,
    first_name: 'Tom',
    last_name: 'Owner',
    phone_number: '+1 555 0100',
    username: '@tom_o',
    bio: '',
  },
  contacts: { about: 'x', list: [{ user_id: 1002, first_name: 'Ada', date: '2020-01-01T00:00:00' }] },
  ...more,
  chats: { about: 'This page lists all chats.', list: chats },
});
