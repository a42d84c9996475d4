import { isCovered, layersIn } from '../state/trail.ts';
import type { Emitted } from './emit.ts';
import type { Screen } from './screen.ts';
import { isForComposer, panelFor } from './shortcuts.ts';
import { isComposing } from './writing-keys.ts';

/** Keys that count wherever the focus is, until `signal`. */
export const watchKeys = (
  screen: Screen,
  openPanel: (panel: Emitted['open-panel']['panel']) => void,
  signal: AbortSignal,
): void => {
  const pressed = (event: KeyboardEvent): void => {
    const { view } = screen;
    const { navigation, route } = screen.app;
    const trail = navigation.trail.get();
    // On a narrow window a panel may hide it.
    const writable =
      view?.canWrite === true && view.checkVisibility({ visibilityProperty: true }) ? view : null;
    const wanted = panelFor(event, writable !== null);
    if (wanted !== null) {
      event.preventDefault();
      openPanel(wanted);
    } else if (event.key === 'Escape' && !event.defaultPrevented && !isComposing(event)) {
      // It closes the dialog, and nothing below it.
      if (event.composedPath().some((at) => at instanceof HTMLDialogElement)) return;
      if (isCovered(trail)) navigation.closePanel();
      else if (route.get().name === 'settings') navigation.leave();
    } else if (layersIn(trail) === 0 && isForComposer(event)) writable?.focus();
  };
  addEventListener('keydown', pressed, { signal });
};
