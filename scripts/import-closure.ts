/** Script → the scripts that it imports before it runs. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** Scripts and all that they import, directly or not, each after whatever imports it first. */
export const closureOf = (entries: readonly string[], imports: Imports): ReadonlySet<string> => {
  const loaded = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    imports.get(file)?.forEach(load);
  };
  entries.forEach(load);
  return loaded;
};
