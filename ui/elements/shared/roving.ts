import { isTyped } from './shortcuts.ts';
import { isComposing } from './writing-keys.ts';

/** Moves through the results below a search field with the arrow keys: down from the field, and up back into it.
 *  Typing returns to the field too. */
export const moveAmong = (event: KeyboardEvent, root: ShadowRoot): void => {
  if (isComposing(event)) return;
  const field = root.querySelector('input');
  if (isTyped(event)) field?.focus();
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const stops: HTMLElement[] = [...root.querySelectorAll<HTMLElement>('button.result')];
  if (field !== null) stops.unshift(field);
  const at = stops.findIndex((stop) => stop === root.activeElement);
  const to = stops[at + (event.key === 'ArrowDown' ? 1 : -1)];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  to.focus();
};
