import { perLanguage } from './locale.ts';

const english = {
  connection: {
    connecting: 'Connecting…',
    catchingUp: 'Catching up…',
    none: 'No connection.',
    unavailable: 'The server is not available right now; it may be restarting.',
    next: (seconds: number) => `Next attempt in ${seconds}\u00a0s`,
    trying: 'Trying again…',
    blocked:
      'New messages do not arrive by themselves: a proxy or firewall does not let WebSockets through. You can read; what you write is sent once they pass. Whoever runs the server finds help in docs/proxies.md.',
    outdated: 'This window is too old for the server. Reload it to go on; what you wrote is kept.',
    offline: 'This device is offline. What you write is sent once it is online again.',
    offlineUnkept:
      'This device is offline. What you write is sent once the device is back online, as long as this window stays open.',
    yielded: 'Parley is open in too many windows. This one is paused.',
    now: 'Connect now',
    resume: 'Use this window',
  },
};
export type ConnectionTable = typeof english;

/** Texts about the state of the connection. Loaded with the line that shows it. */
export const connectionStrings = perLanguage('connection', english);
