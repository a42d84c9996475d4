/** What was promised by now has come about, and what follows from that at once. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
