import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { CHROMIUM_ARGS, chromiumPath } from '../test/support/chromium.ts';
import { root } from './root.mjs';
import { main } from './command.mjs';
import { log } from './log.mjs';

/** `npm run icons`: draws `ui/icon.svg` as the pictures that the desktop app and its packages need. They are kept
 *  in the repository, so this is only needed when the drawing changes. */
const SIZES = [32, 48, 64, 128, 256, 512];

await main(async () => {
  const svg = readFileSync(join(root, 'ui/icon.svg')).toString('base64');
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: [...CHROMIUM_ARGS] });
  mkdirSync(join(root, 'ui/icons'), { recursive: true });
  for (const size of SIZES) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(
      `<style>*{margin:0}img{display:block}</style><img width="${size}" height="${size}" src="data:image/svg+xml;base64,${svg}">`,
    );
    const path = join(root, `ui/icons/icon-${size}.png`);
    await page.screenshot({ path, omitBackground: true });
    await page.close();
    log(`${path} drawn`);
  }
  await browser.close();
});
