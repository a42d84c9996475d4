import { browserClock } from '../net/clock.ts';
import type { Exclusive } from '../net/exclusive.ts';
import { newId } from '../net/ids.ts';
import { Account } from '../account/account.ts';
import type { NoticesDeps } from '../account/account-notices.ts';
import type { AccountDeps } from '../account/account-deps.ts';
import { LateNotices } from '../account/late-notices.ts';
import type { FilesDeps } from '../account/start-files.ts';
import type { ReadAhead } from '../history/read-ahead.ts';
import { TabChannel } from '../platform/tab-channel.ts';
import type { Disk } from '../storage/disk.ts';
import { browserLink } from './browser-link.ts';
import type { LiveNews } from './live-news.ts';

export interface OpenAccountDeps extends Omit<NoticesDeps, 'tell'> {
  readonly me: AccountDeps['me'];
  readonly disk: Disk;
  readonly exclusive: Exclusive;
  /** What screen readers are told of. */
  readonly news: LiveNews;
  readonly onOver: AccountDeps['onOver'];
}

/** An account, together with what serves it in this window only: the channel to other windows, notifications, and
 *  reading ahead. */
export interface OpenAccount {
  readonly account: Account;
  /** Releases what serves the account in this window. The account itself continues. */
  readonly release: () => void;
}

const lateNotices = (deps: NoticesDeps, sync: () => Account['sync']): LateNotices =>
  new LateNotices(async () => {
    const { accountNotices } = await import('../account/account-notices.ts');
    return accountNotices(
      deps,
      () => sync().model.get(),
      () => sync().time.now(),
    );
  });

/** What was open under its old id stays open. */
const followMoved =
  (navigation: NoticesDeps['navigation']): AccountDeps['onMoved'] =>
  (from, to) => {
    const route = navigation.route.get();
    if (route.name === 'conversation' && route.conversationId === from)
      navigation.replace({ ...route, conversationId: to });
  };

const filesLoader =
  (deps: Omit<FilesDeps, 'sender'>): NonNullable<AccountDeps['loadFiles']> =>
  async (sender) => {
    const { startFiles } = await import('../account/start-files.ts');
    return startFiles({ ...deps, sender });
  };

/** Nobody waits for this either: until it is loaded, the server refuses what is sent to somebody who is blocked. */
const learnBlocks = async ({ api, sync }: Account): Promise<void> => {
  const part = await import('../account/blocks.ts').catch(() => null);
  await part?.learnBlocks({ api, clock: browserClock, sync });
};

/** Nobody waits for reading ahead, so it is loaded last, and left out if it can't be loaded. */
const lateReadAhead = (account: Account) => {
  let ahead: ReadAhead | null = null;
  let isStopped = false;
  return {
    async soon(): Promise<void> {
      const part = await import('../history/read-ahead.ts').catch(() => null);
      if (part === null || isStopped) return;
      ahead ??= new part.ReadAhead({
        clock: browserClock,
        history: account.history,
        model: () => account.sync.model.get(),
        isLive: () => account.sync.connection.get().phase === 'live',
      });
      ahead.soon();
    },
    stop(): void {
      isStopped = true;
      ahead?.stop();
    },
  };
};

/** Creates the account of the signed-in user. Nothing runs before its `start`. */
export const openAccount = (deps: OpenAccountDeps): OpenAccount => {
  const { me, api, disk, exclusive, navigation, news, onOver } = deps;
  const channel = new TabChannel(`parley:${me.id}`, (what) => {
    const followed = { drafts: account.drafts, outbox: account.sender, files: account.files.get() };
    void followed[what]?.follow();
  });
  const announce: AccountDeps['announce'] = (what) => {
    channel.announce(what);
  };
  const { tell } = news;
  const notices = lateNotices({ ...deps, tell }, () => account.sync);
  const account: Account = new Account({
    me,
    api,
    clock: browserClock,
    disk,
    exclusive,
    newId,
    loadFiles: filesLoader({ me, api, clock: browserClock, disk, exclusive, newId, announce, tell }),
    link: browserLink(api),
    announce,
    onMessage: (message) => {
      news.arrived.set(message);
      notices.received(message);
    },
    onReaction: (reaction) => {
      // What one does oneself, here or on another device, one knows.
      if (reaction.userId !== me.id) notices.reacted(reaction);
    },
    onLive: (live) => {
      notices.connected(live);
      if (!live) return;
      void ahead.soon();
      if (!account.sync.model.get().blocked.isWhole) void learnBlocks(account);
    },
    onReset: () => {
      notices.forget();
    },
    isSeen: () => document.visibilityState === 'visible',
    onMoved: followMoved(navigation),
    onOver,
  });
  const ahead = lateReadAhead(account);
  const release = (): void => {
    channel.close();
    notices.stop();
    ahead.stop();
  };
  return { account, release };
};
