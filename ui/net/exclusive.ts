/** Runs `work` while no other window of this origin runs work of the same name. */
export type Exclusive = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Web Locks exist in secure contexts only (https, localhost). Without them two windows may do the same work at
 *  the same time. Message ids keep that harmless, and so does the server, which gives both the same refresh token. */
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
      // Refused along with all site data: no other window shares anything with this one then.
      return await work();
    }
  };
};
