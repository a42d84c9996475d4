import type { Account } from '../../account/account.ts';
import { setBlocked } from '../../account/blocks.ts';
import { SettingsSender, type SettingsChange } from '../../account/settings-sender.ts';
import type { Conversation } from '../../model/model.ts';
import { manageStrings } from '../../strings/manage-strings.ts';
import { strings } from '../../strings/strings.ts';
import './block-dialog.ts';
import type { ConversationAct, Emitted } from '../shared/emit.ts';
import { nameIn, problemWords } from '../shared/words.ts';
import type { PaneHost } from './pane.ts';

/** One for each account, because it keeps the order of what it sends. */
const senders = new WeakMap<Account, SettingsSender>();
const senderOf = (account: Account): SettingsSender => {
  const held = senders.get(account) ?? new SettingsSender(account);
  senders.set(account, held);
  return held;
};

/** `now`: milliseconds since the epoch by the server's clock. */
const changeFor = (act: ConversationAct, now: number): SettingsChange | null => {
  switch (act.what) {
    case 'pin':
    case 'unpin':
      return { pinned: act.what === 'pin' };
    case 'archive':
    case 'unarchive':
      return { archived: act.what === 'archive' };
    case 'mute':
      return { mutedUntil: new Date(now + act.ms).toISOString() };
    case 'unmute':
      return { mutedUntil: null };
    case 'block':
    case 'unblock':
      return null;
  }
};

const doneWords = (what: ConversationAct['what'], name: string): string => {
  const { manage, block } = manageStrings();
  const sentences = {
    pin: manage.pinned,
    unpin: manage.unpinned,
    archive: manage.archived,
    unarchive: manage.unarchived,
    mute: manage.muted,
    unmute: manage.unmuted,
    block: block.blocked,
    unblock: block.unblocked,
  };
  return sentences[what](name);
};

class ConversationManager {
  readonly #host: PaneHost;
  readonly #conversation: Conversation;
  readonly #name: string;

  constructor(host: PaneHost, conversation: Conversation) {
    this.#host = host;
    this.#conversation = conversation;
    this.#name = nameIn(conversation.peer);
  }

  run(act: ConversationAct): void {
    const change = changeFor(act, this.#account.sync.time.now());
    if (change !== null) void this.#set(act.what, change);
    else if (act.what === 'block') this.#askToBlock();
    else void this.#unblock();
  }

  get #account(): Account {
    return this.#host.screen.account;
  }

  async #set(what: ConversationAct['what'], change: SettingsChange): Promise<void> {
    const { id } = this.#conversation;
    const { app } = this.#host.screen;
    const route = app.route.get();
    const wasOpen = route.name === 'conversation' && route.conversationId === id;
    const sent = senderOf(this.#account).change(id, change);
    if (what === 'archive' && wasOpen) app.go({ name: 'home' });
    const undo = (): void => {
      void this.#set('unarchive', { archived: false });
      if (wasOpen) app.go({ name: 'conversation', conversationId: id });
    };
    // What it does can be seen at once. If the server does not accept it, this is said instead.
    const done = doneWords(what, this.#name);
    if (what === 'archive') this.#host.toast(done, { label: strings().undo, run: undo });
    else this.#host.toast(done);
    const problem = await sent;
    if (problem !== null)
      this.#host.toast(`${manageStrings().manage.notChanged(this.#name)} ${problemWords(problem)}`);
  }

  #askToBlock(): void {
    const dialog = document.createElement('block-dialog');
    const { app } = this.#host.screen;
    dialog.name = this.#name;
    dialog.block = async () => {
      const problem = await setBlocked(this.#account, this.#conversation.peer.id, true);
      if (problem === null) this.#host.toast(doneWords('block', this.#name));
      return problem;
    };
    const closed = app.navigation.openLayer(() => {
      dialog.close();
    });
    dialog.gone = closed;
    document.body.append(dialog);
  }

  async #unblock(): Promise<void> {
    const problem = await setBlocked(this.#account, this.#conversation.peer.id, false);
    const { notUnblocked } = manageStrings().block;
    if (problem === null) this.#host.toast(doneWords('unblock', this.#name));
    else this.#host.toast(`${notUnblocked(this.#name)} ${problemWords(problem)}`);
  }
}

/** Does what the user has chosen in a menu, and says what became of it. */
export const manageConversation = (host: PaneHost, { conversationId, act }: Emitted['manage']): void => {
  const conversation = host.screen.account.sync.model.get().conversations.get(conversationId);
  if (conversation !== undefined) new ConversationManager(host, conversation).run(act);
};
