/** The WebSocket subprotocol that carries this protocol; bumped when a frame changes its meaning, or when something a client
 *  relies on goes away. What is only added needs no new number: clients leave out what they don't send, and pass over what
 *  they don't know.
 *  1: the first.
 *  2: a search longer than 1,000 code points is refused, where what followed the first 256 was ignored. */
export const PROTOCOL_VERSION = 2;
export const SUBPROTOCOL = 'parley.v1';
/** The oldest version that this server still speaks; told in `welcome.min_version`. A client that is older has to be renewed. */
export const MIN_VERSION = 1;
