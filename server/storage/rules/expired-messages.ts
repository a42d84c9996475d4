/** How many of these messages retention may remove: those before the first that is not older than `before`. `times`: when they were
 *  sent, oldest first. A time in the future is from a clock that was ahead, and says nothing: what comes after it decides. */
export const expiredCount = (times: readonly number[], before: number, now: number): number => {
  let count = 0;
  for (const [at, time] of times.entries()) {
    if (time < before) count = at + 1;
    else if (time <= now) break;
  }
  return count;
};
