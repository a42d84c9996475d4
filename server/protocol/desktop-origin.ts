/** Where the desktop app's own pages live on the person's machine: the first port, which `neutralino.config.json` names. Below
 *  the ports from which systems take those of outgoing connections. */
export const DESKTOP_PORT = 17_275;

/** Each account of a machine has one of these ports, the same at each start: another one would be a new origin, and what the
 *  app keeps in the web engine's storage would be gone. The launchers count as far. */
export const DESKTOP_PORTS: readonly number[] = Array.from({ length: 8 }, (_, step) => DESKTOP_PORT + step);

const originOf = (port: number): string => `http://127.0.0.1:${String(port)}`;

/** Of the first port. */
export const DESKTOP_ORIGIN = originOf(DESKTOP_PORT);

/** The origins from which the desktop app talks to every server: allowed by default for CORS and for the WebSocket. No other
 *  machine can serve them, and a page of them has no more than the tokens that a person gave it. */
export const DESKTOP_ORIGINS: readonly string[] = DESKTOP_PORTS.map(originOf);
