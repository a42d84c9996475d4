import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Navigation } from '../../../ui/navigation/navigation.ts';
import { hashOf, type ScreenRoute } from '../../../ui/navigation/route.ts';
import { isCovered, LAYER, panelIn } from '../../../ui/navigation/trail.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const [A, B] = ['a', 'b'].map((letter) => letter.repeat(36)) as [string, string];
const conversation = (conversationId: string): ScreenRoute => ({ name: 'conversation', conversationId });
const HOME = hashOf({ name: 'home' });
const SETTINGS = hashOf({ name: 'settings' });
const [TO_A, TO_B] = [hashOf(conversation(A)), hashOf(conversation(B))];

interface Entry {
  readonly hash: string;
  readonly state: unknown;
}

/** The history of a browser tab: going through it takes until the test says that the browser has arrived. */
class Tab {
  entries: Entry[];
  at: number;
  left = false;
  moved: () => void = () => undefined;
  #under: number | null = null;
  readonly location: { readonly hash: string };

  /** Before the client lies another page. */
  constructor(hash = '') {
    this.entries = [
      { hash: 'elsewhere', state: null },
      { hash, state: null },
    ];
    this.at = 1;
    const hashNow = (): string => this.entries[this.at]!.hash;
    this.location = {
      get hash() {
        return hashNow();
      },
    };
  }

  get state(): unknown {
    return structuredClone(this.entries[this.at]!.state);
  }

  get length(): number {
    return this.entries.length;
  }

  pushState(state: unknown, _unused: string, url?: string | URL | null): void {
    assert.equal(this.#under, null, 'nothing is pushed on the way to another entry');
    this.entries = [...this.entries.slice(0, this.at + 1), { hash: String(url), state }];
    this.at += 1;
  }

  replaceState(state: unknown, _unused: string, url?: string | URL | null): void {
    this.entries[this.at] = { hash: String(url ?? this.location.hash), state };
  }

  go(delta = 0): void {
    assert.equal(this.#under, null, 'one way at a time');
    this.#under = this.at + delta;
  }

  /** The browser has arrived, as often as it was sent on. */
  arrive(): void {
    while (this.#under !== null) {
      this.at = Math.max(0, Math.min(this.entries.length - 1, this.#under));
      this.#under = null;
      if (this.at === 0) this.left = true;
      else this.moved();
    }
  }

  /** The browser drops what it was told. */
  stay(): void {
    this.#under = null;
  }

  back(): void {
    this.go(-1);
    this.arrive();
  }

  forward(): void {
    this.go(1);
    this.arrive();
  }

  typeAddress(hash: string): void {
    this.entries = [...this.entries.slice(0, this.at + 1), { hash, state: null }];
    this.at += 1;
    this.moved();
  }

  /** The addresses of the client, the one in sight marked. */
  get hashes(): readonly string[] {
    return this.entries.slice(1).map(({ hash }, at) => (at + 1 === this.at ? `[${hash}]` : hash));
  }
}

const opened = (
  { narrow = false, tab = new Tab() }: { narrow?: boolean; tab?: Tab } = {},
  clock = new ManualClock(),
) => {
  const navigation = new Navigation({ history: tab, location: tab.location, clock, narrow: () => narrow });
  tab.moved = navigation.moved;
  navigation.start();
  tab.arrive();
  return { navigation, tab, clock, trail: () => navigation.trail.get() };
};

test('the arrow back to the list, then the system’s back: the client is left, and the conversation stays closed', () => {
  const { navigation, tab } = opened({ narrow: true });
  navigation.go(conversation(A));
  navigation.leave();
  assert.equal(navigation.route.get().name, 'home', 'shown at once');
  tab.arrive();
  assert.deepEqual(tab.hashes, ['[]', TO_A]);
  tab.forward();
  assert.deepEqual(navigation.route.get(), conversation(A));
  tab.back();
  tab.back();
  assert.equal(tab.left, true);
});

test('back closes the menu, the panel, the conversation, then leaves', () => {
  const { navigation, tab, trail } = opened();
  let open = true;
  navigation.go(conversation(A));
  navigation.openPanel('search');
  navigation.openLayer(() => (open = false));
  tab.back();
  assert.equal(open, false);
  assert.deepEqual(trail(), [HOME, TO_A, 'search']);
  tab.back();
  assert.deepEqual(trail(), [HOME, TO_A]);
  tab.back();
  assert.deepEqual(trail(), [HOME]);
  assert.equal(tab.left, false);
  tab.back();
  assert.equal(tab.left, true);
});

test('what is closed by itself leaves no entry behind; forward shows a panel again, and passes over a menu', () => {
  const { navigation, tab, trail } = opened();
  navigation.go(conversation(A));
  const closed = navigation.openLayer(() => assert.fail('it was closed already'));
  closed();
  closed();
  tab.arrive();
  assert.deepEqual(tab.hashes, ['', `[${TO_A}]`, TO_A]);
  tab.forward();
  assert.deepEqual(trail(), [HOME, TO_A]);
  assert.deepEqual(tab.hashes, ['', `[${TO_A}]`, TO_A]);
  navigation.openPanel('keys');
  navigation.closePanel();
  tab.arrive();
  tab.forward();
  assert.equal(panelIn(trail()).panel, 'keys');
  tab.back();
  tab.back();
  assert.deepEqual(trail(), [HOME]);
});

test('one after the other before the browser has arrived: what was wanted last is shown', () => {
  const { navigation, tab, trail } = opened();
  navigation.go(conversation(A));
  navigation.openPanel('switcher');
  navigation.closePanel();
  navigation.go(conversation(B));
  assert.deepEqual(navigation.route.get(), conversation(B));
  tab.arrive();
  assert.deepEqual(trail(), [HOME, TO_A, TO_B]);
  assert.deepEqual(tab.hashes, ['', TO_A, `[${TO_B}]`]);
  navigation.leave();
  navigation.go({ name: 'settings' });
  navigation.go(conversation(A));
  tab.arrive();
  assert.deepEqual(tab.hashes, ['', `[${TO_A}]`]);
});

test('archived conversations stay beside the one that is opened from them, and below it in a narrow window', () => {
  for (const narrow of [false, true]) {
    const { navigation, trail } = opened({ narrow });
    navigation.openPanel('archived');
    navigation.go(conversation(A));
    assert.deepEqual(trail(), narrow ? [HOME, 'archived', TO_A] : [HOME, TO_A, 'archived']);
    assert.deepEqual(panelIn(trail()), { panel: 'archived', onTop: !narrow });
  }
});

test('wide: from one conversation to another and back; a search stays open beside them and is closed first', () => {
  const { navigation, tab, trail } = opened();
  navigation.go(conversation(A));
  navigation.openPanel('search');
  navigation.go(conversation(B));
  assert.deepEqual(trail(), [HOME, TO_A, TO_B, 'search']);
  navigation.go(conversation(B));
  assert.deepEqual(trail(), [HOME, TO_A, TO_B, 'search'], 'no entry for where one is');
  tab.back();
  assert.deepEqual(trail(), [HOME, TO_A, TO_B]);
  tab.back();
  assert.deepEqual(navigation.route.get(), conversation(A));
  navigation.go({ name: 'settings' });
  navigation.leave();
  tab.arrive();
  assert.deepEqual(navigation.route.get(), conversation(A));
  navigation.go({ name: 'settings' });
  navigation.go(conversation(B));
  assert.deepEqual(trail(), [HOME, TO_A, TO_B], 'the settings are not come back to');
});

test('narrow: below a conversation lies the list, or the results that led to it', () => {
  const { navigation, tab, trail } = opened({ narrow: true });
  navigation.go(conversation(A));
  navigation.go(conversation(B));
  assert.deepEqual(trail(), [HOME, TO_B]);
  navigation.openPanel('switcher');
  assert.equal(isCovered(trail()), false, 'a dialog leaves the conversation in sight');
  navigation.openPanel('search', true);
  assert.deepEqual(panelIn(trail()), { panel: 'search', onTop: true });
  assert.equal(isCovered(trail()), true);
  navigation.go(conversation(B));
  assert.deepEqual(trail(), [HOME, TO_B, 'search', TO_B]);
  assert.equal(isCovered(trail()), false);
  assert.deepEqual(panelIn(trail()), { panel: 'search', onTop: false });
  navigation.leave();
  tab.arrive();
  assert.deepEqual(panelIn(trail()), { panel: 'search', onTop: true });
  navigation.closePanel();
  tab.arrive();
  assert.deepEqual(trail(), [HOME, TO_B]);
  navigation.openPanel('search');
  assert.deepEqual(trail(), [HOME, 'search'], 'a search of everything lies above the list');
  navigation.go({ name: 'settings' });
  assert.deepEqual(trail(), [HOME, SETTINGS]);
});

test('a link from outside: the list lies below it', () => {
  const { navigation, tab } = opened({ narrow: true, tab: new Tab(TO_A) });
  assert.deepEqual(tab.hashes, [HOME, `[${TO_A}]`]);
  navigation.leave();
  tab.arrive();
  assert.equal(navigation.route.get().name, 'home');
  assert.equal(tab.left, false);
  tab.back();
  assert.equal(tab.left, true);
});

test('after a reload everything is where it was, but for what was open above it', () => {
  const { navigation, tab } = opened();
  navigation.go(conversation(A));
  navigation.go(conversation(B));
  navigation.openPanel('search');
  navigation.openLayer(() => undefined);
  const later = opened({ tab });
  assert.deepEqual(later.trail(), [HOME, TO_A, TO_B]);
  assert.deepEqual(tab.hashes, ['', TO_A, `[${TO_B}]`, TO_B, TO_B]);
  tab.back();
  assert.deepEqual(later.navigation.route.get(), conversation(A));
});

test('an address that is typed: it opens, back comes from it, and the list is found below it', () => {
  const { navigation, tab, trail, clock } = opened({ narrow: true });
  navigation.go(conversation(A));
  tab.typeAddress(TO_B);
  assert.deepEqual(navigation.route.get(), conversation(B));
  clock.advance(1_000);
  tab.back();
  assert.deepEqual(navigation.route.get(), conversation(A));
  tab.forward();
  navigation.leave();
  tab.arrive();
  assert.deepEqual(tab.hashes[0], '[]');
  assert.deepEqual(trail(), [HOME]);
  tab.typeAddress('#/nonsense');
  assert.equal(navigation.route.get().name, 'home');
});

test('an address that is typed above a menu closes it', () => {
  const { navigation, tab } = opened();
  navigation.go(conversation(A));
  let open = true;
  const closed = navigation.openLayer(() => (open = false));
  tab.typeAddress(TO_B);
  assert.equal(open, false);
  closed();
  assert.deepEqual(navigation.route.get(), conversation(B));
});

test('each way into a conversation counts as a visit, also the one into the conversation in sight', () => {
  const { navigation, tab } = opened();
  const visits = [navigation.visits.get()];
  const note = (): void => {
    visits.push(navigation.visits.get());
  };
  navigation.go(conversation(A));
  note();
  navigation.go(conversation(A));
  note();
  navigation.go(conversation(B));
  tab.back();
  note();
  assert.deepEqual(visits, [1, 2, 3, 5]);
  navigation.openPanel('search');
  navigation.closePanel();
  tab.arrive();
  assert.equal(navigation.visits.get(), 5, 'a panel is none');
});

test('more conversations than a history holds', () => {
  const { navigation, tab, trail } = opened();
  for (let n = 0; n < 100; n += 1) navigation.go(conversation(n % 2 === 0 ? A : B));
  assert.ok(trail().length <= 40);
  navigation.openLayer(() => undefined)();
  tab.arrive();
  assert.deepEqual(navigation.route.get(), conversation(B));
  navigation.leave();
  tab.arrive();
  assert.equal(navigation.route.get().name, 'home');
  assert.equal(trail().includes(LAYER), false);
});

test('an address typed while the browser is on its way back counts', () => {
  const { navigation, tab } = opened();
  navigation.go(conversation(A));
  navigation.openPanel('search');
  navigation.closePanel();
  tab.typeAddress(TO_B);
  assert.deepEqual(navigation.route.get(), conversation(B));
  tab.arrive();
  assert.deepEqual(navigation.route.get(), conversation(B));
});

test('a browser that was told to go back and does not: the history holds what is shown all the same', () => {
  const { navigation, tab, clock } = opened();
  navigation.go(conversation(A));
  navigation.openPanel('search');
  navigation.closePanel();
  tab.stay();
  clock.advance(2_000);
  navigation.go(conversation(B));
  tab.arrive();
  assert.equal(tab.location.hash, TO_B);
});
