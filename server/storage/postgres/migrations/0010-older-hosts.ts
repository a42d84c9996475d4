/** The newest schema that each host knows; a host of a release before this column does not say it, and knows 6. A host that cannot read what
 *  the database may hold by now cannot register: it was silent while all others were replaced, and wants to go on where it was. The lock lets a
 *  transaction that raises `oldest_program` see every host that is registered, and every host see what it was raised to. */
export const OLDER_HOSTS = `
ALTER TABLE hosts ADD COLUMN knows_schema integer NOT NULL DEFAULT 6;

CREATE FUNCTION refuse_older_host() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  needed integer;
BEGIN
  SELECT oldest_program INTO needed FROM meta FOR SHARE;
  IF NEW.knows_schema < needed THEN
    RAISE EXCEPTION 'this host knows schema %, the database needs a program that knows %', NEW.knows_schema, needed
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER refuse_older_host BEFORE INSERT ON hosts FOR EACH ROW EXECUTE FUNCTION refuse_older_host();
`;
