/** Functions of more than 60 lines, and why each may stay. One that is split leaves the list; a new one needs a reason that
 *  another reader accepts. */
export const LONG_FUNCTIONS: Readonly<Record<string, string>> = {
  'server/actors/connection/connection.ts receive': 'the table of all messages of a connection',
  'server/edge/auth/tokens.ts openTokens': 'a closure over one key; each function in it is short',
  'server/edge/ops/metrics.ts constructor': 'the list of metrics',
};
