/** PostgreSQL stores no U+0000 in text, and a value with one is an error. The edge lets none through today: names of new users, user
 *  agents and addresses are plain. The name of a failed login and what an operator names may hold anything. So here, where all
 *  writes pass, U+0000 becomes the replacement character: such a name is nobody's, and such a text keeps its length. */
export const storable = <T>(value: T): T => (holdsNul(value) ? replaced(value) : value) as T;

const holdsNul = (value: unknown): boolean => {
  if (typeof value === 'string') return value.includes('\0');
  return isContainer(value) && Object.entries(value).some((entry) => entry.some(holdsNul));
};

const replaced = (value: unknown): unknown => {
  if (typeof value === 'string') return value.replaceAll('\0', '\u{FFFD}');
  if (Array.isArray(value)) return value.map(replaced);
  if (!isContainer(value)) return value;
  return Object.fromEntries(Object.entries(value).map((entry) => entry.map(replaced)) as [string, unknown][]);
};

/** Bytes may hold anything. */
const isContainer = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
