import type { Page } from 'playwright-core';

/** What the people of the screenshots look like: hair, skin, clothes and background. */
export interface Portrait {
  readonly hair: string;
  readonly skin: string;
  readonly clothes: string;
  readonly back: string;
  readonly isLongHaired?: boolean;
}

const bytesOf = (url: string): Buffer => Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');

/** A picture of somebody who does not exist, as a JPEG of 256 pixels. */
export const drawnPortrait = async (page: Page, portrait: Portrait): Promise<Buffer> =>
  bytesOf(
    await page.evaluate(({ hair, skin, clothes, back, isLongHaired = false }) => {
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = 256;
      const draw = canvas.getContext('2d');
      if (draw === null) throw new Error('no canvas');
      const ellipse = (color: string, x: number, y: number, width: number, height: number): void => {
        draw.fillStyle = color;
        draw.beginPath();
        draw.ellipse(x, y, width, height, 0, 0, 2 * Math.PI);
        draw.fill();
      };
      draw.fillStyle = back;
      draw.fillRect(0, 0, 256, 256);
      if (isLongHaired) ellipse(hair, 128, 132, 66, 84);
      ellipse(clothes, 128, 268, 96, 74);
      draw.fillStyle = skin;
      draw.fillRect(108, 150, 40, 56);
      ellipse(hair, 128, 100, 57, 58);
      ellipse(skin, 128, 118, 48, 58);
      draw.fillStyle = hair;
      draw.beginPath();
      draw.ellipse(128, 92, 52, 36, 0, Math.PI, 2 * Math.PI);
      draw.fill();
      return canvas.toDataURL('image/jpeg', 0.9);
    }, portrait),
  );

/** A drawing of a kitchen with a shelf by the window, as a JPEG. */
export const drawnKitchen = async (page: Page): Promise<Buffer> =>
  bytesOf(
    await page.evaluate(() => {
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width: 1280, height: 960 });
      const draw = canvas.getContext('2d');
      if (draw === null) throw new Error('no canvas');
      const box = (color: string, x: number, y: number, width: number, height: number, round = 0): void => {
        draw.fillStyle = color;
        draw.beginPath();
        draw.roundRect(x, y, width, height, round);
        draw.fill();
      };
      const disc = (color: string, x: number, y: number, radius: number): void => {
        draw.fillStyle = color;
        draw.beginPath();
        draw.arc(x, y, radius, 0, 2 * Math.PI);
        draw.fill();
      };
      box('#f1e9dc', 0, 0, 1280, 960);
      box('#d9c9b0', 0, 820, 1280, 140);
      // The window, and what is behind it
      box('#fffdf8', 120, 120, 470, 420, 10);
      const sky = draw.createLinearGradient(0, 140, 0, 520);
      sky.addColorStop(0, '#9cc9e3');
      sky.addColorStop(1, '#f7dfc2');
      draw.fillStyle = sky;
      draw.fillRect(144, 144, 422, 372);
      disc('#fff3cf', 450, 250, 42);
      draw.save();
      draw.beginPath();
      draw.rect(144, 144, 422, 372);
      draw.clip();
      disc('#8db58a', 220, 640, 250);
      disc('#6b9c78', 520, 660, 240);
      draw.restore();
      box('#fffdf8', 346, 130, 18, 400);
      box('#fffdf8', 130, 330, 450, 16);
      box('#e3d6c2', 100, 536, 510, 24, 6);
      // The shelf
      for (const y of [230, 370, 510]) box('#b98a5a', 700, y, 460, 20, 4);
      const jars = ['#c2410c', '#0f6d72', '#e2b04a', '#7c5c8a', '#5f8a5b'];
      for (const [at, color] of jars.entries()) box(color, 730 + at * 84, 150, 54, 80, 12);
      for (const [at, color] of ['#e9d9bf', '#8fb3ac', '#d98f6a', '#e9d9bf'].entries())
        box(color, 740 + at * 48, 280, 34, 90, 4);
      box('#8a5a3c', 1010, 322, 90, 48, 10);
      for (const [x, y] of [
        [1030, 300],
        [1056, 276],
        [1082, 302],
      ] as const)
        disc('#4f8a5f', x, y, 30);
      for (let at = 0; at < 6; at += 1) disc(at % 2 === 0 ? '#fffdf8' : '#cfe0dd', 744 + at * 62, 484, 26);
      // The cupboards
      box('#6a4e38', 60, 590, 1160, 26, 6);
      for (let at = 0; at < 4; at += 1) {
        box('#2f6f70', 76 + at * 286, 620, 270, 210, 8);
        box('#e2b04a', 196 + at * 286, 644, 40, 10, 5);
      }
      box('#9aa5a3', 250, 548, 18, 46, 8);
      box('#9aa5a3', 250, 540, 86, 16, 8);
      return canvas.toDataURL('image/jpeg', 0.88);
    }),
  );
