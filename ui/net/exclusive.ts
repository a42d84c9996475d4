/** Runs `work` while no other window of this origin runs work of the same name. */
export type Exclusive = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Web Locks exist only in secure contexts (https, localhost). Without them, two windows may do the same work at the
 *  same time. That is harmless: message ids are unique, and the server gives both windows the same refresh token. */
export const browserExclusive = (locks: LockManager | undefined): Exclusive => {
  if (locks === undefined) return (_name, work) => work();
  return async (name, work) => {
    let begun = false as boolean;
    try {
      return await locks.request(name, () => {
        begun = true;
        return work();
      });
    } catch (error) {
      if (begun) throw error;
      // The browser blocks locks together with all site data. Then no other window shares anything with this one.
      return await work();
    }
  };
};
