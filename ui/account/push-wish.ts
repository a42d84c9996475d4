import type { SiteStorage } from '../platform/site-storage.ts';

/** What a user has chosen for this browser: pushes, and whether they show the text. */
export interface PushWish {
  readonly userId: string;
  readonly showText: boolean;
}

const KEY = 'parley.push';

/** Whose wish is noted in this browser; null if nobody wants pushes here. */
export const pushWish = (storage: Pick<SiteStorage, 'getItem'>): PushWish | null => {
  const [userId, showText] = (storage.getItem(KEY) ?? '').split(' ');
  return userId === undefined || userId === '' ? null : { userId, showText: showText === 'text' };
};

export const notePushWish = (
  storage: Pick<SiteStorage, 'setItem' | 'removeItem'>,
  wish: PushWish | null,
): void => {
  if (wish === null) storage.removeItem(KEY);
  else storage.setItem(KEY, `${wish.userId} ${wish.showText ? 'text' : 'name'}`);
};
