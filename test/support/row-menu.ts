import assert from 'node:assert/strict';
import { eventually } from './eventually.ts';
import type { PersonPage } from './person-page.ts';

/** The names of the conversations in the list, in its order. */
const listedNames = ({ page }: PersonPage): Promise<readonly string[]> =>
  page.locator('user-item .name').allTextContents();

export const lists = async (person: PersonPage, expected: readonly string[]): Promise<void> => {
  let seen: readonly string[] = [];
  await eventually('the list', async () => {
    seen = await listedNames(person);
    return JSON.stringify(seen) === JSON.stringify(expected);
  }).catch(() => {
    assert.deepEqual(seen, expected, person.username);
  });
};

/** Opens the menu of a row with the right button. */
export const openRowMenu = async (person: PersonPage, name: string): Promise<void> => {
  await person.page.waitForFunction(() => customElements.get('row-menu') !== undefined);
  await person.item(name).locator('a').click({ button: 'right' });
  await person.page.locator('row-menu [role=menu]').waitFor();
};

export const choose = async ({ page }: PersonPage, entry: string): Promise<void> => {
  await page.getByRole('menuitem', { name: entry, exact: true }).click();
};

/** Opens the menu of the open conversation. */
export const openHeaderMenu = async (person: PersonPage): Promise<void> => {
  await person.page.waitForFunction(() => customElements.get('conversation-menu') !== undefined);
  await person.button('More').click();
  await person.page.locator('conversation-menu button').first().waitFor();
};
