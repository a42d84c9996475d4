/** The main pointer is a finger: a field that gets the focus opens the keyboard on the screen. */
export const touch = (): boolean => matchMedia('(pointer: coarse)').matches;
/** Somebody looks at this window. */
export const attentive = (): boolean => document.visibilityState === 'visible' && document.hasFocus();
