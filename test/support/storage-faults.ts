import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type BrowserContext, type CDPSession, type Page } from 'playwright-core';
import { CHROMIUM_ARGS, chromiumPath } from './chromium.ts';
import type { PersonPage } from './person-page.ts';
import { makeDir, removeDir, type Scope } from './temp-dir.ts';

/** What a device does to the data of the client: done to a real Chromium, by its own means where it has any. */

/** A Chromium whose person has blocked all site data in the settings: reading `localStorage` throws, opening a database, a cache
 *  or a lock is refused. */
export const withoutSiteData = async (scope: Scope): Promise<BrowserContext> => {
  const profile = makeDir();
  mkdirSync(join(profile, 'Default'));
  const settings = { profile: { default_content_setting_values: { cookies: 2 } } };
  writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(settings));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    args: [...CHROMIUM_ARGS],
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
  });
  scope.after(async () => {
    await context.close();
    removeDir(profile);
  });
  return context;
};

const originOf = (page: Page): string => new URL(page.url()).origin;
const devTools = ({ page }: PersonPage): Promise<CDPSession> => page.context().newCDPSession(page);

/** From now on every commit to the database fails for want of room; undone by `makeRoom`. For a window that has not written yet:
 *  Chromium asks for the room that is left only now and then. */
export const fillUp = async (person: PersonPage): Promise<CDPSession> => {
  const session = await devTools(person);
  await session.send('Storage.overrideQuotaForOrigin', { origin: originOf(person.page), quotaSize: 1 });
  return session;
};
export const makeRoom = async ({ page }: PersonPage, session: CDPSession): Promise<void> => {
  await session.send('Storage.overrideQuotaForOrigin', { origin: originOf(page) });
};

/** The browser throws the database away under the open windows, as it does when the disk fills up. */
export const dropDatabases = async (person: PersonPage): Promise<void> => {
  const session = await devTools(person);
  const origin = originOf(person.page);
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
};

/** A page of the same origin that is not the client: for what another build or program does to the data. */
export const bystander = async ({ page, context, faults }: PersonPage): Promise<Page> => {
  // A text has no icon of its own, so the browser asks for the usual one.
  faults.provoke(/status of 404 .*favicon\.ico/);
  const other = await context.newPage();
  await other.goto(new URL('/third-party-notices.txt', page.url()).href);
  return other;
};

/** Deletes the person's database as a script would. */
export const deleteDatabase = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const found = (await indexedDB.databases()).find(({ name }) => name?.startsWith('parley:'));
    await new Promise((resolve) => {
      indexedDB.deleteDatabase(found?.name ?? '').onsuccess = resolve;
    });
  });

/** A newer build takes the database over: one version up. */
export const upgradeDatabase = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const found = (await indexedDB.databases()).find(({ name }) => name?.startsWith('parley:'));
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.open(found?.name ?? '', (found?.version ?? 0) + 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('of a newer build');
      };
      request.onsuccess = () => {
        request.result.close();
        resolve();
      };
      request.onerror = () => {
        reject(new Error('not upgraded'));
      };
    });
  });

/** Whoever opens a database named `name` waits, until this is released: an upgrade is queued before them, and something that is
 *  open stands in its way. Nothing is changed. */
export const holdDatabase = async (page: Page, name: string): Promise<() => Promise<void>> => {
  await page.evaluate(
    (name) =>
      new Promise<void>((resolve) => {
        const first = indexedDB.open(name);
        first.onsuccess = () => {
          const db = first.result;
          const next = indexedDB.open(name, db.version + 1);
          next.onblocked = () => {
            resolve();
          };
          next.onupgradeneeded = () => next.transaction?.abort();
          Object.assign(window, {
            letGo: () => {
              db.close();
            },
          });
        };
      }),
    name,
  );
  return () =>
    page.evaluate(() => {
      (window as unknown as { letGo: () => void }).letGo();
    });
};

/** In every window opened from now on, databases are opened and then never answer. */
export const silenceTransactions = async (context: BrowserContext): Promise<void> => {
  await context.addInitScript(() => {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the element it was called on
    const real = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (this: EventTarget, ...args): void {
      const isAnswer = this instanceof IDBRequest && !(this instanceof IDBOpenDBRequest);
      if (!isAnswer && !(this instanceof IDBTransaction)) real.apply(this, args);
    };
  });
};

export type Store = 'outbox' | 'drafts' | 'place' | 'chats' | 'timelines';

/** Changes every row of one store by `edit`, which runs in the page: its source is sent there. */
export const rewriteRows = async (page: Page, store: Store, edit: (row: never) => unknown): Promise<void> => {
  const walk = async (store: string, edit: (row: unknown) => unknown): Promise<void> => {
    const found = (await indexedDB.databases()).find(({ name }) => name?.startsWith('parley:'));
    await new Promise<void>((resolve, reject) => {
      const opening = indexedDB.open(found?.name ?? '');
      opening.onsuccess = () => {
        const tx = opening.result.transaction(store, 'readwrite');
        const rows = tx.objectStore(store).openCursor();
        rows.onsuccess = () => {
          rows.result?.update(edit(rows.result.value));
          rows.result?.continue();
        };
        tx.oncomplete = () => {
          opening.result.close();
          resolve();
        };
        tx.onabort = () => {
          reject(new Error(String(tx.error)));
        };
      };
    });
  };
  await page.evaluate(`(${String(walk)})(${JSON.stringify(store)}, ${String(edit)})`);
};
