-- The recorder's own insert (tools and the library's shipped tests; the writer uses hub_append). The head row's lock,
-- taken before anything else and held to the commit, makes the order of positions the order of commits: a reader that
-- tails the log can never pass a gap that is filled later. A running writer notices: its position is no longer the head's.
CREATE OR REPLACE FUNCTION hub_insert_events(e_stream uuid[], e_version bigint[], e_topic text[], e_state bytea[])
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    new_position bigint;
    many bigint := cardinality(e_stream);
BEGIN
    UPDATE head SET position = position + many WHERE id = 1 RETURNING position INTO STRICT new_position;
    INSERT INTO stored_events (originator_id, originator_version, topic, state, notification_id)
    SELECT e.stream, e.version, e.topic, e.state, new_position - many + e.i
      FROM unnest(e_stream, e_version, e_topic, e_state) WITH ORDINALITY AS e (stream, version, topic, state, i);
    RETURN new_position;
END $$;
