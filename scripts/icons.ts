import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { CHROMIUM_ARGS, chromiumPath } from '../test/support/chromium.ts';
import { root } from './root.mjs';
import { main } from './command.mjs';
import { log } from './log.mjs';

interface Picture {
  readonly file: string;
  readonly size: number;
  readonly drawing: string;
}

/** `npm run icons`: draws `ui/icon.svg` as the pictures that the desktop app, its packages and phones need. They are kept in the
 *  repository, so this is only needed when the drawing changes. */
const SIZES = [32, 48, 64, 128, 192, 256, 512];

/** A phone cuts its own shape out of the square: the drawing stays in the middle, and its ground reaches the edges. */
const maskable = (svg: string): string =>
  svg
    .replace(' rx="8"', '')
    .replace('viewBox="0 0 32 32"', 'viewBox="-4 -4 40 40"')
    .replace('<rect width="32" height="32"', '<rect x="-4" y="-4" width="40" height="40"');

/** The status bar of a phone shows the outline of what is there, in its own colour. */
const outline = (svg: string): string =>
  svg
    .replace(/<rect[^>]*>/, '')
    .replace('viewBox="0 0 32 32"', 'viewBox="5 5 22 22"')
    .replaceAll(/fill="#\w+"/g, 'fill="#fff"');

const picturesOf = (svg: string): readonly Picture[] => [
  ...SIZES.map((size) => ({ file: `icon-${size}.png`, size, drawing: svg })),
  { file: 'maskable-512.png', size: 512, drawing: maskable(svg) },
  { file: 'badge-96.png', size: 96, drawing: outline(svg) },
];

await main(async () => {
  const svg = readFileSync(join(root, 'ui/icon.svg'), 'utf8');
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: [...CHROMIUM_ARGS] });
  mkdirSync(join(root, 'ui/icons'), { recursive: true });
  for (const { file, size, drawing } of picturesOf(svg)) {
    const data = Buffer.from(drawing).toString('base64');
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(
      `<style>*{margin:0}img{display:block}</style><img width="${size}" height="${size}" src="data:image/svg+xml;base64,${data}">`,
    );
    const path = join(root, 'ui/icons', file);
    await page.screenshot({ path, omitBackground: true });
    await page.close();
    log(`${path} drawn`);
  }
  await browser.close();
});
