import type { SessionKeeper } from './session-keeper.ts';

const KEY = 'parley.session';

/** In localStorage, so that a reload and a second window stay signed in. A script of this origin could read it;
 *  the content security policy admits no script but ours, nothing is ever rendered as HTML, and a stolen refresh
 *  token ends its session at its second use (SPEC §3). An HttpOnly cookie would need a route SPEC does not have. */
export const browserSession = (storage: Storage): SessionKeeper => ({
  choice: 'always',
  remembers: () => true,
  remember() {
    // Nothing to choose: a browser has its own ways to forget a site.
  },
  read: () => storage.getItem(KEY),
  write(text) {
    if (text === null) storage.removeItem(KEY);
    else storage.setItem(KEY, text);
  },
  onChange(changed) {
    addEventListener('storage', ({ key }) => {
      if (key === KEY || key === null) changed();
    });
  },
});
