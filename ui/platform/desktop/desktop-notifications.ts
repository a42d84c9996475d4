import type { Native } from './native.ts';
import { noticeText } from './notice-text.ts';
import type { Shell } from '../shell.ts';

/** On Linux each notification starts a program, and no notification can replace another. */
const QUIET_MS = 5_000;

/** The methods of the client's clock that are used here. */
export interface Time {
  now(): number;
  after(ms: number, run: () => void): unknown;
}

/** Shows system notifications, at most one per tag in five seconds. */
export const desktopNotifications = (native: Native, time: Time): Shell['notify'] => {
  const shownAt = new Map<string, number>();
  return ({ title, body, tag }) => {
    const now = time.now();
    if (now - (shownAt.get(tag) ?? -Infinity) < QUIET_MS) return;
    shownAt.set(tag, now);
    const text = (part: string): string => noticeText(part, native.system);
    void native.notify(text(title), text(body)).catch(() => undefined);
  };
};
