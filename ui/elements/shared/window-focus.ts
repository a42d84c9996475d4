/** Whether the main pointer is a finger. Focusing a text field then opens the on-screen keyboard. */
export const touch = (): boolean => matchMedia('(pointer: coarse)').matches;
/** Whether the user is looking at this window. */
export const attentive = (): boolean => document.visibilityState === 'visible' && document.hasFocus();
