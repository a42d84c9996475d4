/** The WebSocket subprotocol that carries this protocol; bumped when a frame changes its meaning.
 *  1: the first. */
export const PROTOCOL_VERSION = 1;
export const SUBPROTOCOL = 'parley.v1';
