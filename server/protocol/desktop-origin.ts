/** Where the desktop app's own pages live on the person's machine. Fixed, and the same in `neutralino.config.json`: with a
 *  new port at each start it would be a new origin each time, and what it keeps in IndexedDB would be gone. Below the
 *  ports from which systems take those of outgoing connections. */
export const DESKTOP_PORT = 17_275;

/** The origin from which the desktop app talks to every server: allowed by default for CORS and for the WebSocket. No other
 *  machine can serve this origin, and a page of it has no more than the tokens that a person gave it. */
export const DESKTOP_ORIGIN = `http://127.0.0.1:${String(DESKTOP_PORT)}`;
