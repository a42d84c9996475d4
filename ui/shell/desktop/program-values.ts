/** What the program around the page says of itself. */
export interface ProgramValues {
  /** `Linux`, `Darwin`, `Windows`, … */
  readonly NL_OS: string;
  readonly NL_PORT: number;
  /** Empty when it was given to somebody else before. */
  readonly NL_TOKEN: string;
  /** The arguments of this start. */
  readonly NL_ARGS: readonly string[];
}

const ADDRESS = '/__neutralino_globals.js';
const ARGS = ';var NL_ARGS=';
const AFTER_ARGS = ";var NL_PATH='";

const args = (script: string): readonly string[] => {
  const start = script.indexOf(ARGS);
  if (start === -1) return [];
  const from = start + ARGS.length;
  // An argument may hold what follows the list; the list is what reads as one.
  for (let end = script.indexOf(AFTER_ARGS, from); end !== -1; end = script.indexOf(AFTER_ARGS, end + 1)) {
    try {
      const list: unknown = JSON.parse(script.slice(from, end));
      if (Array.isArray(list)) return list.filter((each) => typeof each === 'string');
    } catch {
      // Cut too early.
    }
  }
  return [];
};

/** Reads the values out of the script in which Neutralino sends them, without running it: folders stand in it between
 *  apostrophes, so that one in the name of a home folder would end the script. Null when it is no such script. */
export const parseProgramValues = (script: string): ProgramValues | null => {
  const [, NL_OS] = /^var NL_OS='(\w+)';/.exec(script) ?? [];
  // Both stand before the first folder, so nothing in a folder's name can be taken for them.
  const [head = ''] = script.split(";var NL_CWD='", 1);
  const [, port = ''] = /;var NL_PORT=(\d+);/.exec(head) ?? [];
  const [, NL_TOKEN = ''] = /;var NL_TOKEN='([\w.-]*)'/.exec(head) ?? [];
  if (NL_OS === undefined || port === '') return null;
  return { NL_OS, NL_PORT: Number(port), NL_TOKEN, NL_ARGS: args(script) };
};

/** Null when no program answers. */
export const readProgramValues = async (): Promise<ProgramValues | null> => {
  try {
    const answer = await fetch(ADDRESS, { cache: 'no-store' });
    return answer.ok ? parseProgramValues(await answer.text()) : null;
  } catch {
    return null;
  }
};
