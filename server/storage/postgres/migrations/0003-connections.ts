/** Who is connected, and where. A host says every second that it lives; one that was silent for too long is marked as gone, once and for
 *  all, and its connections go after it, in steps. Connections have no reference to their session: it may end before its sockets are
 *  closed, and nothing waits for that. */
export const CONNECTIONS = `
CREATE TABLE hosts (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  version text NOT NULL,
  started_at bigint NOT NULL,
  heartbeat_at bigint NOT NULL,
  gone_at bigint
) WITH (fillfactor = 50);

-- row rises with each connection: the oldest of a user give way.
CREATE TABLE connections (
  row bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  socket uuid NOT NULL UNIQUE,
  host uuid NOT NULL REFERENCES hosts,
  user_row bigint NOT NULL REFERENCES users,
  session bigint NOT NULL,
  visible boolean NOT NULL,
  ip_address text NOT NULL,
  opened_at bigint NOT NULL
);
CREATE INDEX connections_of_user ON connections (user_row);
CREATE INDEX connections_of_host ON connections (host);
`;
