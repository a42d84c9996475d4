/** The WebSocket subprotocol that carries this protocol; bumped when a frame changes its meaning.
 *  1: the first.
 *  2: a search longer than 1,000 code points is refused, where what followed the first 256 was ignored. */
export const PROTOCOL_VERSION = 2;
export const SUBPROTOCOL = 'parley.v1';
