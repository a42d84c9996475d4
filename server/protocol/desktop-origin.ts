/** The first port on which the desktop app serves its own pages to its window; `neutralino.config.json` names it too. It is
 *  below the range from which systems choose ports for outgoing connections. */
export const DESKTOP_PORT = 17_275;

/** Each system account uses one of these ports, the same at each start: with another port, the origin would change, and the app
 *  would not find what it stored in the web engine. The launchers have the same list. */
const DESKTOP_PORTS: readonly number[] = Array.from({ length: 8 }, (_, step) => DESKTOP_PORT + step);

const originOf = (port: number): string => `http://127.0.0.1:${String(port)}`;

/** Of the first port. */
export const DESKTOP_ORIGIN = originOf(DESKTOP_PORT);

/** The origins of the desktop app, which every server allows by default for CORS and for the WebSocket. No other machine can serve
 *  them, and a page of them has only the tokens that a user gave it by logging in. */
export const DESKTOP_ORIGINS: readonly string[] = DESKTOP_PORTS.map(originOf);
