/** A line of an export. */
export interface Line {
  type: string;
  [key: string]: unknown;
}

/** `find`: the record of a type, from the first one on. */
export type Change = (lines: Line[], find: (type: string, at?: number) => Line) => void;

/** Ways to damage an export of users who have written to each other, replied and reacted: what is wrong, and what is said of it. */
export const CHANGES: readonly (readonly [what: string, says: RegExp, change: Change])[] = [
  [
    'an unknown type',
    /line 2: it has a type that is none of user/,
    (_, find) => void (find('user').type = 'group'),
  ],
  ['a key too many', /line 2: .*unrecognized/i, (_, find) => void (find('user')['more'] = 1)],
  ['a key too few', /line 2: role/, (_, find) => delete find('user')['role']],
  ['a time that is none', /line 2: created_at/, (_, find) => void (find('user')['created_at'] = 'now')],
  ['a NUL', /content: must hold no NUL/, (_, find) => void (find('message')['content'] = 'a\0')],
  ['half a pair', /content: .*surrogate/, (_, find) => void (find('message')['content'] = 'a\ud800')],
  ['a text too long', /at most 5000/, (_, find) => void (find('message')['content'] = 'a'.repeat(5001))],
  [
    'a user twice',
    /line 3: the user .* is there twice/,
    (lines, find) => void lines.splice(2, 0, find('user')),
  ],
  [
    'an order of its own',
    /is not where the order wants it/,
    (lines) => void lines.splice(1, 0, ...lines.splice(2, 1)),
  ],
  [
    'types in another order',
    /a user stands after a message/,
    (lines, find) => {
      lines.splice(lines.indexOf(find('event')), 0, find('user'));
    },
  ],
  [
    'a name twice',
    /line 3: the username belongs to another user already/,
    (_, find) => {
      find('user', 1)['username'] = find('user')['username'];
    },
  ],
  ['a name and a deletion', /line 2: a user has either/, (_, find) => void (find('user')['deleted_at'] = 5)],
  [
    'a reserved name in use',
    /the name cleo is reserved, and a user has it/,
    (_, find) => {
      find('user')['username'] = 'cleo';
    },
  ],
  [
    'an avatar of nobody',
    /there is no user ffffffff/,
    (_, find) => {
      find('avatar')['user_id'] = 'ffffffff-0000-7000-8000-000000000000';
    },
  ],
  ['an avatar of another type', /media_type/, (_, find) => void (find('avatar')['media_type'] = 'image/gif')],
  [
    'an avatar that is none',
    /bytes: must be base64url/,
    (_, find) => void (find('avatar')['bytes'] = 'a+b='),
  ],
  [
    'a profile of a deleted user',
    /a deleted user has no display_name and no about/,
    (lines) => {
      for (const line of lines) if (typeof line['deleted_at'] === 'number') line['about'] = 'still here';
    },
  ],
  [
    'two changes of one profile in a log',
    /this event contradicts another record/,
    (lines, find) => {
      const [first] = lines.filter(({ kind }) => kind === 'user_updated');
      const own = find('user', 0);
      if (first === undefined) return;
      own['cursor'] = Number(own['cursor']) + 1;
      const last = lines.findLastIndex(({ type, user_id: id }) => type === 'event' && id === own['id']);
      lines.splice(last + 1, 0, { ...first, user_id: own['id'], cursor: own['cursor'] });
    },
  ],
  [
    'settings of a deleted user',
    /a deleted user has nothing set for a conversation/,
    (lines) => {
      const gone = lines.find((line) => typeof line['deleted_at'] === 'number')?.['id'];
      for (const line of lines)
        for (const side of (line['sides'] ?? []) as Line[])
          if (side['user_id'] === gone) side['pinned'] = true;
    },
  ],
  [
    'a block of oneself',
    /nobody blocks themselves/,
    (_, find) => void (find('block')['blocked_id'] = find('block')['user_id']),
  ],
  [
    'a block of a deleted user',
    /the user .* is deleted/,
    (lines, find) => {
      find('block')['blocked_id'] = lines.find((line) => typeof line['deleted_at'] === 'number')?.['id'];
    },
  ],
  [
    'a block that is counted wrongly',
    /the number is 2, and 1 is the next one of the user/,
    (_, find) => void (find('block')['number'] = 2),
  ],
  [
    'a block twice',
    /this user blocks that one already/,
    (lines, find) => {
      lines.splice(lines.indexOf(find('block')) + 1, 0, { ...find('block'), number: 2 });
    },
  ],
  [
    'a conversation with nobody',
    /there is no user ffffffff/,
    (_, find) => {
      const [, second] = find('conversation')['sides'] as { user_id: string }[];
      if (second !== undefined) second.user_id = 'ffffffff-0000-7000-8000-000000000000';
    },
  ],
  [
    'a message of a third',
    /the sender .* is none of the two/,
    (_, find) => {
      find('message')['sender_id'] = find('user', 2)['id'];
    },
  ],
  [
    'a hole in a conversation',
    /the seq is 3, and 2 is the next one/,
    (_, find) => void (find('message', 1)['seq'] = 3),
  ],
  [
    'an id twice',
    /the id belongs to another message already/,
    (_, find) => {
      find('message', 1)['id'] = find('message')['id'];
    },
  ],
  [
    'a cursor twice',
    /the cursor \d+ of .* is used already/,
    (_, find) => {
      const own = find('message', 4);
      const other = find('message', 2);
      const mine = own['sender_id'] === other['sender_id'] ? 'sender_cursor' : 'recipient_cursor';
      own[mine] = other[mine];
    },
  ],
  [
    'a cursor beyond the log',
    /beyond the end of their log/,
    (_, find) => void (find('message', 2)['sender_cursor'] = 99),
  ],
  [
    'a position beyond the end',
    /a position of the conversation .* is beyond its last message/,
    (_, find) => {
      const [first] = find('conversation')['sides'] as { read: number }[];
      if (first !== undefined) first.read = 9;
    },
  ],
  [
    'an event of a message that is none',
    /has no message 7/,
    (lines) => {
      for (const line of lines) if (line['kind'] === 'read') line['seq'] = 7;
    },
  ],
  [
    'a receipt without a seq',
    /a receipt has a seq/,
    (lines) => {
      for (const line of lines) if (line['kind'] === 'read') line['seq'] = null;
    },
  ],
  [
    'an event of a cursor in use',
    /the cursor 2 is used already/,
    (_, find) => void (find('event')['cursor'] = 2),
  ],
  [
    'a reply to nothing',
    /has no message ffffffff-.* with the seq 1 before this one/,
    (_, find) => {
      find('message', 1)['reply_to'] = { message_id: 'ffffffff-0000-7000-8000-000000000000', seq: 1 };
    },
  ],
  [
    'a reply to a later message',
    /has no message .* with the seq 2 before this one/,
    (_, find) => {
      find('message')['reply_to'] = { message_id: find('message', 1)['id'], seq: 2 };
    },
  ],
  [
    'a reply with another seq',
    /has no message .* with the seq 2 before this one/,
    (_, find) => {
      find('message', 1)['reply_to'] = { message_id: find('message')['id'], seq: 2 };
    },
  ],
  [
    'a reaction of a third',
    /is not one of this user's/,
    (_, find) => {
      find('reaction')['user_id'] = find('user', 2)['id'];
    },
  ],
  ['a reaction to nothing', /has no message 9/, (_, find) => void (find('reaction', 3)['seq'] = 9)],
  [
    'a reaction that is missing',
    /the number is 2, and 1 is the next one/,
    (lines, find) => void lines.splice(lines.indexOf(find('reaction')), 1),
  ],
  [
    'a reaction of a cursor in use',
    /the cursor 1 is used already/,
    (_, find) => void (find('reaction')['cursor'] = 1),
  ],
  [
    'a reaction beyond the log of the peer',
    /the cursor 99 is beyond the end of the log/,
    (_, find) => void (find('reaction')['peer_cursor'] = 99),
  ],
  ['a text for an emoji', /emoji: must be an emoji/, (_, find) => void (find('reaction')['emoji'] = 'a b')],
  [
    'a session of nobody',
    /there is no user/,
    (_, find) => {
      find('session')['user_id'] = 'ffffffff-0000-7000-8000-000000000000';
    },
  ],
  [
    'a hash that is none',
    /refresh_hash: must be base64url/,
    (_, find) => void (find('session')['refresh_hash'] = 'a+b='),
  ],
  ['an invite without a number', /number/, (_, find) => void (find('invite')['number'] = 0)],
  [
    'a record of nobody',
    /there is no user/,
    (_, find) => {
      find('audit_record')['subject_id'] = 'ffffffff-0000-7000-8000-000000000000';
    },
  ],
];
