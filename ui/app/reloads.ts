const KEY = 'parley.reloadedFor';
const KEPT = 10;

/** Whether this window may reload by itself to get `target`. Allowed once per target, so that two servers with
 *  different builds, or a cache that never delivers the new one, cannot cause an endless loop. Not allowed if nothing
 *  can be stored. */
export const reloadsFor = (storage: () => Pick<Storage, 'getItem' | 'setItem'>, target: string): boolean => {
  try {
    const held = storage();
    const stored: unknown = JSON.parse(held.getItem(KEY) ?? '[]');
    const before: readonly unknown[] = Array.isArray(stored) ? stored : [];
    if (before.includes(target)) return false;
    held.setItem(KEY, JSON.stringify([...before, target].slice(-KEPT)));
    return true;
  } catch {
    return false;
  }
};
