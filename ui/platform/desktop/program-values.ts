/** The values that the app's process gives to the page. */
export interface ProgramValues {
  /** `Linux`, `Darwin`, `Windows`, … */
  readonly NL_OS: string;
  readonly NL_PORT: number;
  /** Empty if somebody else was given the key before. */
  readonly NL_TOKEN: string;
  /** The command-line arguments of this start. */
  readonly NL_ARGS: readonly string[];
}

const ADDRESS = '/__neutralino_globals.js';
const ARGS = ';var NL_ARGS=';
const AFTER_ARGS = ";var NL_PATH='";

const args = (script: string): readonly string[] => {
  const start = script.indexOf(ARGS);
  if (start === -1) return [];
  const from = start + ARGS.length;
  // An argument may contain the text that follows the list. The list ends at the first place where it parses.
  for (let end = script.indexOf(AFTER_ARGS, from); end !== -1; end = script.indexOf(AFTER_ARGS, end + 1)) {
    try {
      const list: unknown = JSON.parse(script.slice(from, end));
      if (Array.isArray(list)) return list.filter((each) => typeof each === 'string');
    } catch {
      // Cut too early, inside an argument.
    }
  }
  return [];
};

/** Parses the script in which Neutralino sends its values, without running it. The script puts folder names between
 *  apostrophes, so an apostrophe in the name of a home folder would break it. Returns null if the text is no such
 *  script. */
export const parseProgramValues = (script: string): ProgramValues | null => {
  const [, NL_OS] = /^var NL_OS='(\w+)';/.exec(script) ?? [];
  // Both values precede the first folder, so nothing in a folder's name can be taken for them.
  const [head = ''] = script.split(";var NL_CWD='", 1);
  const [, port = ''] = /;var NL_PORT=(\d+);/.exec(head) ?? [];
  const [, NL_TOKEN = ''] = /;var NL_TOKEN='([\w.-]*)'/.exec(head) ?? [];
  if (NL_OS === undefined || port === '') return null;
  return { NL_OS, NL_PORT: Number(port), NL_TOKEN, NL_ARGS: args(script) };
};

/** Returns null if the app's process does not answer. */
export const readProgramValues = async (): Promise<ProgramValues | null> => {
  try {
    const answer = await fetch(ADDRESS, { cache: 'no-store' });
    return answer.ok ? parseProgramValues(await answer.text()) : null;
  } catch {
    return null;
  }
};
