/** Does `work` for 0 to `count` - 1, at most `atOnce` at a time; rejects with the first that fails. */
export const inLanes = async (
  count: number,
  atOnce: number,
  work: (i: number) => Promise<void>,
): Promise<void> => {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) await work(i);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
};
