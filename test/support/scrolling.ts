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

export interface Scrolled {
  readonly steps: number;
  /** Pixels by which a row did not stand where it should. */
  readonly worst: number;
  /** The most rows that there were at a time. */
  readonly mostRows: number;
  /** All texts that were passed, in their order. */
  readonly texts: readonly string[];
}

/** Scrolls up by `stepPx` at a time until the message with this seq is at the top and nothing more comes. After each step, and
 *  for as long as it takes for an older page to come in, the row in the middle must stand exactly a step lower, in every
 *  frame that is painted. */
export const scrollUp = async (page: Page, stepPx: number, firstSeq: string): Promise<Scrolled> =>
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
      const texts = new Map<number, string>();
      const note = (): number => {
        const rows = scroller.querySelectorAll<HTMLElement>('li.row');
        for (const row of rows) {
          const bubble = row.querySelector('message-bubble');
          const seq = Number(row.dataset['seq']);
          if (!texts.has(seq)) texts.set(seq, bubble?.shadowRoot?.querySelector('.text')?.textContent ?? '');
        }
        return rows.length;
      };
      const inOrder = (): string[] => [...texts].sort(([a], [b]) => a - b).map(([, text]) => text);
      let worst = 0;
      let mostRows = note();
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
        mostRows = Math.max(mostRows, note());
        const done = scroller.querySelector(`li.row[data-seq="${firstSeq}"]`) !== null && room() < 2;
        if (done) return { steps, worst, mostRows, texts: inOrder() };
      }
      throw new Error(`not at the beginning after ${String(STEPS)} steps: ${String(room())} px are left`);
    },
    { stepPx, firstSeq },
  );
