import type { StoreWriter } from '../../server/storage/sqlite/open-writer.ts';
import { systemIds } from '../../server/runtime/ids.ts';
import type { WriteMessage } from '../../server/storage/writes.ts';
import { seededPick } from '../load/texts.ts';
import { commitAll, registration } from '../servers/seed.ts';

/** The users and messages that the growth benchmarks write: 2,000 users in 10,000 pairs. Two of the users, the heavy pair, wrote a
 *  quarter of all messages. One text in eight is Chinese. Every run writes the same. */
const PEOPLE = 2_000;
const PAIRS = 10_000;
const SYLLABLES = 'ka lo mi ren ta su vel dor an ist ung er tion pre con ment ble sha ora quin'.split(' ');
const WORDS = 4_000;
const HAN = 1_200;
/** Writes of one transaction, as under a good load. */
export const COMMIT = 50;

export class Corpus {
  readonly people: readonly string[] = Array.from({ length: PEOPLE }, () => systemIds.next());
  readonly #length: number;
  readonly #pick = seededPick(11);
  readonly #words: readonly string[];
  readonly #pairs: readonly (readonly [string, string])[];

  /** `length`: characters of each text. */
  constructor(length: number) {
    this.#length = length;
    this.#words = Array.from({ length: WORDS }, () =>
      Array.from({ length: 1 + this.pick(3) }, () => this.syllable()).join(''),
    );
    this.#pairs = Array.from({ length: PAIRS }, () => {
      const at = 1 + this.pick(PEOPLE - 2);
      return [this.people[at]!, this.people[at + 1 + this.pick(PEOPLE - at - 1)]!] as const;
    });
  }

  /** One of the two who write most. */
  get heavy(): string {
    return this.people[0]!;
  }

  get anybody(): string {
    return this.people[this.pick(PEOPLE)]!;
  }

  pick(bound: number): number {
    return this.#pick(bound);
  }

  syllable(): string {
    return SYLLABLES[this.pick(SYLLABLES.length)]!;
  }

  /** A few are said often, most seldom. */
  word(): string {
    return this.#words[Math.floor(WORDS * (this.pick(10_000) / 10_000) ** 3)]!;
  }

  commonWord(): string {
    return this.#words[this.pick(20)]!;
  }

  seldomWord(): string {
    return this.#words[WORDS - 1_000 + this.pick(900)]!;
  }

  han(): string {
    return String.fromCharCode(0x4e00 + 11 * Math.floor(HAN * (this.pick(10_000) / 10_000) ** 2));
  }

  enrol(writer: StoreWriter): void {
    commitAll(
      writer,
      this.people.map((userId, i) =>
        registration({ userId, sessionId: systemIds.next(), username: `person-${i}` }),
      ),
    );
  }

  message(): WriteMessage {
    const [first, second] =
      this.pick(4) === 0 ? ([this.heavy, this.people[1]!] as const) : this.#pairs[this.pick(PAIRS)]!;
    return {
      type: 'appendMessage',
      input: {
        messageId: systemIds.next(),
        pair: { first, second },
        senderId: this.pick(2) === 0 ? first : second,
        newConversationId: systemIds.next(),
        content: this.#text(),
      },
    };
  }

  messages(count: number): readonly WriteMessage[] {
    return Array.from({ length: count }, () => this.message());
  }

  /** Commits `count` messages and lets the search index come after. */
  say(writer: StoreWriter, count: number): void {
    for (let said = 0; said < count; said += COMMIT) {
      commitAll(writer, this.messages(Math.min(COMMIT, count - said)));
      while (writer.indexSome());
    }
  }

  #text(): string {
    let said = '';
    if (this.pick(8) === 0) while (said.length < this.#length) said += this.han();
    else while (said.length < this.#length) said += `${said === '' ? '' : ' '}${this.word()}`;
    return said.slice(0, this.#length).trim();
  }
}
