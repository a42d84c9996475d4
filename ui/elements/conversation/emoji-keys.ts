/** The index of the nearest button in the next line of a grid, or -1 above the first one. `step`: 1 for down. */
const beyond = (buttons: readonly HTMLElement[], at: number, step: 1 | -1): number => {
  const from = buttons[at]?.getBoundingClientRect();
  if (from === undefined) return -1;
  let best = step > 0 ? at : -1;
  let line: number | null = null;
  let distance = Infinity;
  for (let index = at + step; index >= 0 && index < buttons.length; index += step) {
    const box = buttons[index]?.getBoundingClientRect();
    if (box === undefined || box.top === from.top) continue;
    if (line !== null && box.top !== line) break;
    line = box.top;
    if (Math.abs(box.left - from.left) < distance) {
      distance = Math.abs(box.left - from.left);
      best = index;
    }
  }
  return best;
};

/** Where a key leads in a grid of buttons: along the line, or to the nearest one of the line above or below. Returns -1 above the first
 *  line, and null for other keys. */
export const gridMove = (
  key: string,
  buttons: readonly HTMLElement[],
  at: number,
  isRightToLeft: boolean,
): number | null => {
  const ahead = isRightToLeft ? -1 : 1;
  const last = buttons.length - 1;
  const within = (to: number): number => Math.max(0, Math.min(to, last));
  switch (key) {
    case 'ArrowRight':
      return within(at + ahead);
    case 'ArrowLeft':
      return within(at - ahead);
    case 'ArrowDown':
      return beyond(buttons, at, 1);
    case 'ArrowUp':
      return beyond(buttons, at, -1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
};
