import type { PersonPage } from './person-page.ts';
import { pictureFile } from './picture-file.ts';

const LONG_NAME = 'Measurements of the kitchen, final version (3), corrected after the visit.pdf';

/** Leads her, in an open conversation, through what has to do with files and pictures; `look` is called on each. */
export const throughFileScreens = async (
  ada: PersonPage,
  look: (screen: string) => Promise<void>,
): Promise<void> => {
  const { page } = ada;
  const photo = { ...(await pictureFile(page, { type: 'image/jpeg' })), name: 'IMG_20241102_113045.jpg' };
  const paper = { name: LONG_NAME, mimeType: 'application/pdf', buffer: Buffer.from('x') };
  await page.locator('message-input .clip').waitFor();
  await page.locator('message-input input[type=file]').setInputFiles([photo, paper]);
  await page.locator('draft-files li.uploaded').nth(1).waitFor();
  await look('files of a draft');
  await ada.write('As promised');
  const bubble = ada.bubble('As promised');
  await bubble.locator('picture-tile img').waitFor();
  await bubble.locator('.tick[data-state="sent"]').first().waitFor();
  await look('a message with files');
  await bubble.locator('picture-tile').click();
  await page.locator('picture-viewer img').waitFor();
  await look('viewer');
  await page.keyboard.press('Escape');
  await page.locator('picture-viewer').waitFor({ state: 'detached' });
};

/** The part of a new picture that is to be shown, and what another app has shared. */
export const throughOtherScreens = async (
  ada: PersonPage,
  url: string,
  look: (screen: string) => Promise<void>,
): Promise<void> => {
  const { page } = ada;
  await page.goto(`${url}#/settings`);
  await page.locator('profile-picture .choose').waitFor();
  await page.locator('profile-picture input[type=file]').setInputFiles(await pictureFile(page));
  await page.locator('crop-dialog dialog[open]').waitFor();
  await look('part of a picture');
  // Closing takes its entry off the history, which ends a navigation that begins meanwhile.
  const left = page.evaluate(() =>
    new Promise((resolve) => {
      addEventListener('popstate', resolve, { once: true });
    }).then(() => undefined),
  );
  await page.locator('crop-dialog').getByRole('button', { name: 'Cancel' }).click();
  await left;
  await page.goto(`${url}?text=${'a shared text '.repeat(30)}`);
  await page.locator('quick-switcher [role=option]').first().waitFor();
  await look('shared text');
};
