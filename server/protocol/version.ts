/** The versions of the protocol, each with what it changed. A new one is needed when a frame or a field changes its meaning, or when
 *  something that clients rely on is removed. An addition needs none: clients leave out fields that they do not send, and ignore
 *  fields and frame types that they do not know [O14]. */
const VERSIONS = [
  'The first.',
  'A search longer than 1,000 code points is refused, where what followed the first 256 was ignored.',
  'Replies and reactions: an `ack` can say `reacted`, to a connection that sent a `reaction`.',
  'Profiles: a `user` frame can say `updated`, with a user who is not deleted.',
  'Settings of conversations, and blocks: a `conversation` frame can say `updated`, a `user` frame `blocked` and `unblocked`, and the `status` of a `presence` frame can be null.',
  'Attachments: a message can have files, and then its `content` can be empty.',
] as const;

/** The version of this build, of the server and of the client. */
export const PROTOCOL_VERSION: number = VERSIONS.length;

/** The oldest version that this server still speaks, sent in `welcome.min_version`. A client with an older one disconnects and tells
 *  its user to reload. It rises only together with a change that would break such a client. */
export const MIN_VERSION = 1;

/** The form of a frame and of `welcome`. It stays the same in every version of the protocol, because a client must be able to connect
 *  and read `min_version` to learn that it is too old. */
const FRAMING = 1;
export const SUBPROTOCOL = `parley.v${String(FRAMING)}`;
