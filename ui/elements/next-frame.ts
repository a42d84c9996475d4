/** Resolves before the next paint; never in a window that is not shown. */
export const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
