import type { Ending, SessionKeeper } from './session-keeper.ts';
import type { SiteStorage } from './site-storage.ts';

const KEY = 'parley.session';
const ENDED = 'ended:';

/** In localStorage, so that a reload and a second window stay signed in. A script of this origin could read it;
 *  the content security policy admits no script but ours, nothing is ever rendered as HTML, and a stolen refresh
 *  token ends its session at its second use (SPEC §3). An HttpOnly cookie would need a route SPEC does not have. */
export const browserSession = (storage: SiteStorage): SessionKeeper => ({
  choice: 'always',
  remembers: () => storage.keeps(KEY),
  remember() {
    // Nothing to choose: a browser has its own ways to forget a site.
  },
  read() {
    const text = storage.getItem(KEY);
    return text?.startsWith(ENDED) === true ? null : text;
  },
  write(text) {
    if (text === null) storage.removeItem(KEY);
    else storage.setItem(KEY, text);
  },
  // The other windows hear of both values, one after the other.
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
