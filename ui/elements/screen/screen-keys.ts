import { isCovered, layersIn } from '../../navigation/trail.ts';
import type { Emitted } from '../shared/emit.ts';
import type { Screen } from './screen.ts';
import { isForComposer, panelFor } from '../shared/shortcuts.ts';
import { isComposing } from '../shared/writing-keys.ts';

/** Handles shortcuts that work wherever the focus is, until `signal` aborts. */
export const watchKeys = (
  screen: Screen,
  openPanel: (panel: Emitted['open-panel']['panel']) => void,
  signal: AbortSignal,
): void => {
  const pressed = (event: KeyboardEvent): void => {
    const { view } = screen;
    const { navigation, route } = screen.app;
    const trail = navigation.trail.get();
    // In a narrow window a panel may hide the conversation.
    const writable =
      view?.canWrite === true && view.checkVisibility({ visibilityProperty: true }) ? view : null;
    const wanted = panelFor(event, writable !== null);
    if (wanted !== null) {
      event.preventDefault();
      openPanel(wanted);
    } else if (event.key === 'Escape' && !event.defaultPrevented && !isComposing(event)) {
      // Escape in a dialog closes the dialog and nothing below it.
      if (event.composedPath().some((at) => at instanceof HTMLDialogElement)) return;
      if (isCovered(trail)) navigation.closePanel();
      else if (route.get().name === 'settings') navigation.leave();
    } else if (layersIn(trail) === 0 && isForComposer(event)) writable?.focus();
  };
  addEventListener('keydown', pressed, { signal });
};
