import type { Ending, SessionKeeper } from './session-keeper.ts';
import type { SiteStorage } from './site-storage.ts';

const KEY = 'parley.session';
const ENDED = 'ended:';

/** Stores the session in localStorage, so that a reload and a second window stay signed in. A script of this origin
 *  could read it. The risk is limited: the content security policy admits no other scripts, nothing is rendered as
 *  HTML, and a stolen refresh token ends its session at its second use [S4]. An HttpOnly cookie would need a route
 *  that the API does not have. */
export const browserSession = (storage: SiteStorage): SessionKeeper => ({
  choice: 'always',
  remembers: () => storage.keeps(KEY),
  remember() {
    // There is nothing to choose: browsers have their own ways to forget a site.
  },
  read() {
    const text = storage.getItem(KEY);
    return text?.startsWith(ENDED) === true ? null : text;
  },
  write(text) {
    if (text === null) storage.removeItem(KEY);
    else storage.setItem(KEY, text);
  },
  // Other windows receive both values, one after the other.
  end(why) {
    storage.setItem(KEY, ENDED + why);
    storage.removeItem(KEY);
  },
  onChange(changed) {
    addEventListener('storage', ({ key, newValue }) => {
      if (key !== KEY && key !== null) return;
      changed(newValue?.startsWith(ENDED) === true ? (newValue.slice(ENDED.length) as Ending) : null);
    });
  },
});
