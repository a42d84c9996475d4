import type { Page } from 'playwright-core';

export interface Place {
  readonly id: string;
  /** Pixels from the top of the list's window. */
  readonly top: number;
}

/** The row in the middle of the message list, or the one with this id, and where it stands. */
export const standing = async (page: Page, id = ''): Promise<Place> =>
  await page.locator('message-list .scroller').evaluate((scroller, wanted) => {
    const frame = scroller.getBoundingClientRect();
    const rows = [...scroller.querySelectorAll<HTMLElement>('li.row')];
    const middle = frame.top + frame.height / 2;
    const row = rows.find((each) =>
      wanted === '' ? each.getBoundingClientRect().bottom > middle : each.dataset['id'] === wanted,
    );
    if (row === undefined) throw new Error('no such row');
    return { id: row.dataset['id'] ?? '', top: row.getBoundingClientRect().top - frame.top };
  }, id);

/** Scrolls up by `stepPx` at a time until the message with this seq is at the top and nothing more comes. After each step, and
 *  for as long as it takes for an older page to come in, the row in the middle must stand exactly a step lower, in every
 *  frame that is painted. `worst`: pixels by which one did not. */
export const scrollUp = async (
  page: Page,
  stepPx: number,
  firstSeq: string,
): Promise<{ steps: number; worst: number }> =>
  await page.locator('message-list .scroller').evaluate(
    async (scroller, { stepPx, firstSeq }) => {
      const FRAMES = 6;
      const STEPS = 200;
      const painted = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      const loading = (): boolean => scroller.querySelector('.spin') !== null;
      const room = (): number => scroller.scrollHeight - scroller.clientHeight + scroller.scrollTop;
      const middleRow = (): HTMLElement | undefined => {
        const { top, height } = scroller.getBoundingClientRect();
        return [...scroller.querySelectorAll<HTMLElement>('li.row')].find(
          (row) => row.getBoundingClientRect().bottom > top + height / 2,
        );
      };
      let worst = 0;
      for (let steps = 1; steps <= STEPS; steps += 1) {
        const row = middleRow();
        if (row === undefined) throw new Error('no row on screen');
        const before = row.getBoundingClientRect().top;
        const step = Math.min(stepPx, room());
        scroller.scrollTop -= step;
        for (let frame = 0; frame < FRAMES || loading(); frame += 1) {
          await painted();
          if (!row.isConnected) throw new Error('the row on screen was taken away');
          worst = Math.max(worst, Math.abs(row.getBoundingClientRect().top - before - step));
        }
        const done = scroller.querySelector(`li.row[data-seq="${firstSeq}"]`) !== null && room() < 2;
        if (done) return { steps, worst };
      }
      throw new Error(`not at the beginning after ${String(STEPS)} steps: ${String(room())} px are left`);
    },
    { stepPx, firstSeq },
  );
