/** A command and a running server exchange one line of JSON each way; then the server closes the connection. */

/** Bytes of a request's line, without the line break. */
export const REQUEST_MAX = 64 * 1024;
/** Bytes of an answer's line. */
export const ANSWER_MAX = 8 * 1024 * 1024;

/** A line of JSON as a value; undefined for anything else. */
export const parseLine = (line: string): unknown => {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
};
