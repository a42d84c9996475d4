/** Resolves before the next paint. Never resolves while the window is hidden. */
export const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
