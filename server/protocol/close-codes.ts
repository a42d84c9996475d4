/** What a client does after a WebSocket close code.
 *  `reconnect`: connect again with back-off. `wait`: the same, and tell the user that the server cannot serve now. `renew`: renew
 *  the access token first; when that is refused the session is over. `check`: ask whether the session still exists; if it does,
 *  another connection took this one's place, and reconnecting is left to the user. `leave`: the account is gone. */
export type CloseAction = 'reconnect' | 'wait' | 'renew' | 'check' | 'leave';

/** WebSocket close codes, and what a client does. A code that is not listed means `reconnect`. */
export const CLOSES = {
  normal: { code: 1000, action: 'reconnect' },
  shutdown: { code: 1001, action: 'wait' },
  policy: { code: 1008, action: 'reconnect' },
  tooBig: { code: 1009, action: 'reconnect' },
  internal: { code: 1011, action: 'wait' },
  overloaded: { code: 1013, action: 'wait' },
  tokenExpired: { code: 4401, action: 'renew' },
  accountDeleted: { code: 4403, action: 'leave' },
  heartbeatMissed: { code: 4408, action: 'reconnect' },
  sessionRevoked: { code: 4409, action: 'check' },
  flooding: { code: 4429, action: 'reconnect' },
} as const satisfies Record<string, { readonly code: number; readonly action: CloseAction }>;

type CloseName = keyof typeof CLOSES;
export const CLOSE = Object.fromEntries(Object.entries(CLOSES).map(([name, { code }]) => [name, code])) as {
  readonly [N in CloseName]: (typeof CLOSES)[N]['code'];
};
export type CloseCode = (typeof CLOSE)[CloseName];

export const closeAction = (code: number): CloseAction =>
  Object.values(CLOSES).find((close) => close.code === code)?.action ?? 'reconnect';
