import type { Api } from '../net/api.ts';
import { browserClock } from '../net/clock.ts';
import type { Exclusive } from '../net/exclusive.ts';
import { newId } from '../net/ids.ts';
import { Account } from '../account/account.ts';
import { accountNotices, type NoticesDeps } from '../account/account-notices.ts';
import type { AccountDeps } from '../account/account-deps.ts';
import { ReadAhead } from '../history/read-ahead.ts';
import type { Message } from '../model/model.ts';
import { TabChannel } from '../platform/tab-channel.ts';
import type { Disk } from '../storage/disk.ts';
import { browserLink } from './browser-link.ts';

export interface OpenAccountDeps extends NoticesDeps {
  readonly me: AccountDeps['me'];
  readonly api: Api;
  readonly disk: Disk;
  readonly exclusive: Exclusive;
  /** A message of another user has arrived. */
  readonly onArrived: (message: Message) => void;
  readonly onOver: AccountDeps['onOver'];
}

/** An account, together with what serves it in this window only: the channel to other windows, notifications, and
 *  reading ahead. */
export interface OpenAccount {
  readonly account: Account;
  /** Releases what serves the account in this window. The account itself continues. */
  readonly release: () => void;
}

/** Creates the account of the signed-in user. Nothing runs before its `start`. */
export const openAccount = (deps: OpenAccountDeps): OpenAccount => {
  const { me, api, disk, exclusive, navigation, onArrived, onOver } = deps;
  const channel = new TabChannel(`parley:${me.id}`, (what) => {
    void (what === 'drafts' ? account.drafts.follow() : account.sender.follow());
  });
  const notices = accountNotices(deps, () => account.sync.model.get());
  const account: Account = new Account({
    me,
    api,
    clock: browserClock,
    disk,
    exclusive,
    newId,
    link: browserLink(api),
    announce: (what) => {
      channel.announce(what);
    },
    onMessage: (message) => {
      onArrived(message);
      notices.received(message);
    },
    onLive: (live) => {
      notices.connected(live);
      if (live) ahead.soon();
    },
    onReset: () => {
      notices.forget();
    },
    isSeen: () => document.visibilityState === 'visible',
    onMoved: (from, to) => {
      const route = navigation.route.get();
      if (route.name === 'conversation' && route.conversationId === from)
        navigation.replace({ ...route, conversationId: to });
    },
    onOver,
  });
  const ahead = new ReadAhead({
    clock: browserClock,
    history: account.history,
    model: () => account.sync.model.get(),
    isLive: () => account.sync.connection.get().phase === 'live',
  });
  const release = (): void => {
    channel.close();
    notices.stop();
    ahead.stop();
  };
  return { account, release };
};
