import type { WriteName, Writes } from '../../../server/storage/writes.ts';
import { avatarVersion } from '../../../server/storage/avatar-version.ts';
import { randomText } from '../../support/random-text.ts';
import type { RandomSource } from '../../support/random-source.ts';
import { attachmentOf, tryWith } from '../attaching.ts';
import { pairOf, type Stage } from '../stage.ts';

const AUDIT = { actor: 'root', origin: 'console' };
const WORDS = ['needle', 'Hay', 'straw', 'stack', 'Ärger', 'naïve', '漢字', 'кот', '👩‍👧', 'e\u0301tude', 'x'];
const EMOJI = ['👍', '❤️', '👩🏽‍❤️‍💋‍👨🏿', '🏴󠁧󠁢󠁷󠁬󠁳󠁿', '#️⃣', null];
const NAMES = ['ann', 'anna', 'ben', 'bea.trix', 'cleo', 'dan-na', 'joanna'];

/** What a history is about: with what the queries are asked. */
export interface Subjects {
  readonly names: readonly string[];
  readonly users: readonly string[];
  readonly conversations: readonly string[];
  readonly messages: readonly string[];
  readonly attachments: readonly string[];
  readonly sessions: readonly string[];
  readonly codes: readonly Uint8Array[];
  readonly contents: readonly string[];
}

/** Lets users write, with attachments if asked to, acknowledge, hide, reopen, come and go, be disabled and deleted, as chance decides.
 *  `keepBytes`: gets the bytes of each attachment before it is added; without it they are nowhere. */
export const randomHistory = async (
  stage: Stage,
  random: RandomSource,
  steps: number,
  { withAttachments = false, keepBytes = () => undefined }: RandomAttachments = {},
): Promise<Subjects> => {
  const history = new RandomHistory(stage, random, { withAttachments, keepBytes });
  for (const name of NAMES) await history.join(name);
  for (let step = 0; step < steps; step += 1) await history.step();
  return history.subjects;
};

interface RandomAttachments {
  readonly withAttachments?: boolean;
  readonly keepBytes?: (bytes: string) => void;
}

/** Of one row in PostgreSQL and a part of another, and none at all. */
const BYTES = ['', 'x', 'm'.repeat(300_000)];

interface Talk {
  readonly id: string;
  readonly users: readonly [string, string];
  lastSeq: number;
}

class RandomHistory {
  readonly #stage: Stage;
  readonly #random: RandomSource;
  readonly #withAttachments: boolean;
  readonly #keepBytes: (bytes: string) => void;
  readonly #talks = new Map<string, Talk>();
  readonly #living = new Set<string>();
  /** Who has exchanged each message. */
  readonly #pairs = new Map<string, readonly [string, string]>();
  readonly subjects = {
    names: [] as string[],
    users: [] as string[],
    conversations: [] as string[],
    messages: [] as string[],
    attachments: [] as string[],
    sessions: [] as string[],
    codes: [] as Uint8Array[],
    contents: [] as string[],
  };

  constructor(
    stage: Stage,
    random: RandomSource,
    { withAttachments, keepBytes }: Required<RandomAttachments>,
  ) {
    this.#stage = stage;
    this.#random = random;
    this.#withAttachments = withAttachments;
    this.#keepBytes = keepBytes;
  }

  async join(name: string): Promise<void> {
    const session = this.#stage.session();
    const id = await this.#stage.person(name, session);
    this.subjects.names.push(name);
    this.subjects.users.push(id);
    this.subjects.sessions.push(session.id);
    this.#living.add(id);
  }

  async step(): Promise<void> {
    const random = this.#random;
    this.#stage.clock.advance(random.between(0, 60_000));
    const chance = random.next();
    if (chance < 0.5) await this.#say();
    else if (chance < 0.6) await this.#react();
    else if (chance < 0.8) await this.#acknowledge();
    else if (chance < 0.84) await this.#hide();
    else if (chance < 0.88) await this.#open();
    else if (chance < 0.92) await this.#appear();
    else if (chance < 0.94) await this.#changeProfile();
    else if (chance < 0.96) await this.#set();
    else if (chance < 0.97) await this.#block();
    else if (chance < 0.98) await this.#administer();
    else if (chance < 0.985) await this.#leave();
    else this.#stage.clock.setBack(random.between(0, 100_000));
  }

  async #do<W extends WriteName>(type: W, input: object): Promise<Writes[W]['out']> {
    return this.#stage.do(type, input);
  }

  #text(): string {
    const random = this.#random;
    if (random.chance(0.4)) return `a${randomText(random, 30)}`;
    return Array.from({ length: random.between(1, 6) }, () => random.pick(WORDS)).join(' ');
  }

  async #say(): Promise<void> {
    const from = this.#random.pick([...this.#living]);
    const to = this.#random.pick(this.subjects.users);
    if (from === to) return;
    const id = this.#stage.ids.next();
    const content = this.#text();
    const replyTo = this.#random.chance(0.3) ? this.#messageBetween(from, to) : undefined;
    const said =
      this.#withAttachments && this.#random.chance(0.2)
        ? await this.#sendFiles(from, to, content, id)
        : await this.#stage.append(from, to, content, id, replyTo);
    if (said.kind !== 'appended') return;
    this.#pairs.set(id, [from, to]);
    this.subjects.messages.push(id);
    this.subjects.contents.push(content);
    this.#meet(said.conversationId, from, to).lastSeq = said.seq;
  }

  /** With some files, of which the last one may be somebody else's, and one that is not sent. */
  async #sendFiles(
    from: string,
    to: string,
    content: string,
    messageId: string,
  ): Promise<Writes['appendMessage']['out']> {
    const stage = this.#stage;
    const owners = this.#random.chance(0.8) ? [from, from] : [from, this.#random.pick([...this.#living])];
    const ids: string[] = [];
    for (const userId of [...owners, from]) {
      // Some have the same bytes.
      const bytes = this.#random.chance(0.3) ? this.#random.pick(BYTES) : String(this.#random.between(1, 20));
      this.#keepBytes(bytes);
      const attachment = attachmentOf(stage.ids.next(), this.#text(), bytes);
      await this.#do('addAttachment', { userId, attachment });
      ids.push(attachment.id);
    }
    this.subjects.attachments.push(...ids);
    return tryWith(stage, from, to, ids.slice(0, 2), { content, messageId });
  }

  /** One that the two have exchanged, which either may have deleted meanwhile. */
  #messageBetween(a: string, b: string): string | undefined {
    const theirs = [...this.#pairs].filter(([, pair]) => pair.includes(a) && pair.includes(b));
    return theirs.length === 0 ? undefined : this.#random.pick(theirs)[0];
  }

  async #react(): Promise<void> {
    if (this.#pairs.size === 0) return;
    const recent = [...this.#pairs].slice(-12);
    const [messageId, users] = this.#random.pick(recent);
    const userId = this.#random.pick(users);
    if (!this.#living.has(userId)) return;
    await this.#stage.setReaction(userId, messageId, this.#random.pick(EMOJI));
  }

  #meet(id: string, a: string, b: string): Talk {
    const known = this.#talks.get(id) ?? { id, users: [a, b], lastSeq: 0 };
    if (!this.#talks.has(id)) this.subjects.conversations.push(id);
    this.#talks.set(id, known);
    return known;
  }

  async #inTalk<W extends WriteName>(type: W, more: (talk: Talk) => object): Promise<void> {
    if (this.#talks.size === 0) return;
    const talk = this.#random.pick([...this.#talks.values()]);
    const userId = this.#random.pick(talk.users);
    if (!this.#living.has(userId)) return;
    await this.#do(type, { userId, conversationId: talk.id, pair: pairOf(...talk.users), ...more(talk) });
  }

  async #acknowledge(): Promise<void> {
    await this.#inTalk('advancePosition', ({ lastSeq }) => ({
      seq: this.#random.between(1, Math.max(1, lastSeq)),
      status: this.#random.pick(['delivered', 'read']),
    }));
  }

  async #hide(): Promise<void> {
    await this.#inTalk('hideConversation', () => ({}));
  }

  async #set(): Promise<void> {
    const random = this.#random;
    const mutedUntil = random.pick([null, this.#stage.clock.now() + random.between(1, 600_000)]);
    const change = random.pick([
      ...[{ pinned: random.chance(0.5) }, { archived: random.chance(0.7) }, { mutedUntil }],
      { archived: true, mutedUntil },
    ]);
    await this.#inTalk('changeSettings', () => change);
  }

  async #block(): Promise<void> {
    const userId = this.#random.pick([...this.#living]);
    const peerId = this.#random.pick(this.subjects.users);
    // Most are ended soon: whoever is blocked by all has nothing more to say.
    for (const blocked of this.#random.chance(0.3) ? [true] : [true, false])
      await this.#do('setBlock', { userId, peerId, blocked });
  }

  async #open(): Promise<void> {
    const userId = this.#random.pick([...this.#living]);
    const peerId = this.#random.pick(this.subjects.users);
    if (userId === peerId) return;
    const opened = await this.#do('openConversation', {
      userId,
      peerId,
      newConversationId: this.#stage.ids.next(),
    });
    if ('conversationId' in opened) this.#meet(opened.conversationId, userId, peerId);
  }

  async #appear(): Promise<void> {
    const userId = this.#random.pick([...this.#living]);
    if (this.#random.chance(0.5)) await this.#stage.disconnect(userId);
    else await this.#stage.settleOf(userId);
    if (this.#random.chance(0.5)) {
      const [session] = await this.#stage.queries.sessions(userId, '');
      if (session !== undefined) await this.#stage.connect(userId, session.id);
    }
  }

  async #changeProfile(): Promise<void> {
    const random = this.#random;
    const userId = random.pick([...this.#living]);
    if (random.chance(0.3)) {
      const bytes = Buffer.alloc(random.between(1, 9_000), random.between(0, 255));
      const avatar = { type: random.pick(['image/png', 'image/webp']), version: avatarVersion(bytes), bytes };
      await this.#do('setAvatar', { userId, avatar: random.chance(0.2) ? null : avatar });
    } else {
      const name = random.chance(0.2) ? null : `${random.pick(WORDS)} ${random.pick(WORDS)}`;
      await this.#do('changeProfile', {
        userId,
        displayName: name,
        ...(random.chance(0.5) && { about: this.#text().slice(0, 40).toWellFormed() }),
      });
    }
    if (random.chance(0.5)) await this.#do('continueSteps', { rows: 2 });
  }

  async #administer(): Promise<void> {
    const random = this.#random;
    const username = random.pick(this.subjects.names);
    const hash = Buffer.from(this.#stage.ids.next());
    const ttlMs = random.pick([1_000, 86_400_000]);
    switch (random.between(0, 6)) {
      case 0:
        await this.#do('createInvite', { hash, uses: 2, ttlMs: random.pick([null, ttlMs]), audit: AUDIT });
        break;
      case 1:
        await this.#do('revokeInvite', { id: random.between(1, 3), audit: AUDIT });
        break;
      case 2:
        await this.#do('setUserRole', { username, role: random.pick(['user', 'admin']), audit: AUDIT });
        break;
      case 3:
        await this.#do('setUserDisabled', { username, disabled: random.chance(0.5), audit: AUDIT });
        break;
      case 4:
        await this.#stage.failLogin('192.0.2.7', username);
        break;
      case 5:
        this.subjects.codes.push(hash);
        await this.#do('createPasswordReset', { username, codeHash: hash, ttlMs, audit: AUDIT });
        break;
      default:
        await this.#logIn(username);
    }
  }

  async #logIn(username: string): Promise<void> {
    const session = { ...this.#stage.session(), ttlMs: this.#random.pick([1_000, 86_400_000]) };
    const userId = this.subjects.users[this.subjects.names.indexOf(username)];
    const verifiedHash = `hash of ${username}`;
    await this.#do('openSession', { userId, session, verifiedHash, rehash: null });
    this.subjects.sessions.push(session.id);
  }

  async #leave(): Promise<void> {
    if (this.#living.size <= 4) return;
    const userId = this.#random.pick([...this.#living]);
    this.#living.delete(userId);
    await this.#do('deleteUser', { userId, audit: AUDIT });
    if (this.#random.chance(0.5)) await this.#do('continueSteps', { rows: 3 });
  }
}
