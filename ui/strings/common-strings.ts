import { msg, str } from '@lit/localize';

/** What every part of the client says. */
export const commonStrings = () => ({
  app: msg('Parley', { id: 'app' }),
  loading: msg('Loading…', { id: 'loading' }),
  retry: msg('Try again', { id: 'retry' }),
  close: msg('Close', { id: 'close' }),
  back: msg('Back', { id: 'back' }),
  undo: msg('Undo', { id: 'undo' }),
  you: msg('You', { id: 'you' }),
  deletedUser: msg('Deleted User', { id: 'deletedUser' }),
  connection: {
    connecting: msg('Connecting…', { id: 'connection.connecting' }),
    catchingUp: msg('Catching up…', { id: 'connection.catchingUp' }),
    waiting: (seconds: number) =>
      msg(str`No connection. Next attempt in ${seconds}\u00a0s`, { id: 'connection.waiting' }),
    waitingNow: msg('No connection. Trying again…', { id: 'connection.waitingNow' }),
    offline: msg('This device is offline. What you write is sent when it is back.', {
      id: 'connection.offline',
    }),
    yielded: msg('Parley is open in too many windows. This one is paused.', { id: 'connection.yielded' }),
    now: msg('Connect now', { id: 'connection.now' }),
    resume: msg('Use this window', { id: 'connection.resume' }),
  },
  problem: {
    offline: msg('The server was not reached. Check your connection and try again.', {
      id: 'problem.offline',
    }),
    timeout: msg('The server did not answer in time. Try again.', { id: 'problem.timeout' }),
    unavailable: msg('The server is busy. Wait a moment and try again.', { id: 'problem.unavailable' }),
    too_many_requests: msg('That was too often. Wait a moment and try again.', {
      id: 'problem.too_many_requests',
    }),
    unauthorized: msg('Your session has ended. Log in again.', { id: 'problem.unauthorized' }),
    forbidden: msg('This is not allowed.', { id: 'problem.forbidden' }),
    not_found: msg('This no longer exists.', { id: 'problem.not_found' }),
    conflict: msg('This account was deleted.', { id: 'problem.conflict' }),
    internal: msg('Something went wrong on the server. Try again; if it stays, tell the operator.', {
      id: 'problem.internal',
    }),
    other: msg('This did not work. Try again.', { id: 'problem.other' }),
  },
});
