-- One transaction of the writer, in one round trip. Returns 1, or 0 when this holder has been fenced (nothing stored).
--
-- The head row is updated FIRST and by ONE statement that compares and sets. That order is the whole argument:
--   * a former holder wakes up: its epoch is old, 0 rows, nothing follows. A plain SELECT of the epoch would let it pass
--     when the new holder commits between that SELECT and our COMMIT;
--   * a commit repeated by mistake finds the position already moved, 0 rows;
--   * the row lock is held to the end of the transaction, so positions become visible in order and without a gap;
--   * position = last_position proves that the states the decisions were made from are still current.
-- Events get last_position + 1, + 2 ... by their place in the arrays. Several unnest() in one SELECT run in step, which
-- spares the temporary table that unnest(a, b, ...) in FROM would fill.
CREATE OR REPLACE FUNCTION hub_append(
    my_epoch bigint, last_position bigint, at_instant bigint,
    e_stream uuid[], e_version bigint[], e_topic text[], e_state bytea[],
    a_system text[], a_command uuid[], a_digest bytea[], a_outcome text[],
    a_dispute uuid[], a_version bigint[], a_position bigint[],
    r_system text[], r_command uuid[], r_digest bytea[], r_dispute uuid[], r_version bigint[],
    r_code text[], r_field text[], r_detail text[],
    d_system text[], d_position bigint[], d_body bytea[],
    rest text
) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    UPDATE head SET position = last_position + cardinality(e_stream), recorded_at = greatest(recorded_at, at_instant)
     WHERE id = 1 AND epoch = my_epoch AND position = last_position;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    IF cardinality(e_stream) > 0 THEN
        INSERT INTO stored_events (originator_id, originator_version, topic, state, notification_id)
        SELECT unnest(e_stream), unnest(e_version), unnest(e_topic), unnest(e_state),
               generate_series(last_position + 1, last_position + cardinality(e_stream));
    END IF;
    IF cardinality(a_system) > 0 THEN
        INSERT INTO answers (system, command_id, digest, outcome, dispute, version, position, recorded_at)
        SELECT unnest(a_system), unnest(a_command), unnest(a_digest), unnest(a_outcome),
               unnest(a_dispute), unnest(a_version), unnest(a_position), at_instant;
    END IF;
    IF cardinality(r_system) > 0 THEN
        INSERT INTO answers (system, command_id, digest, outcome, code, field, detail,
                             dispute, version, position, recorded_at)
        SELECT unnest(r_system), unnest(r_command), unnest(r_digest), 'refused', unnest(r_code), unnest(r_field),
               unnest(r_detail), unnest(r_dispute), unnest(r_version), 0, at_instant;
    END IF;
    IF cardinality(d_system) > 0 THEN
        PERFORM hub_deliver(d_system, d_position, d_body);
    END IF;
    IF rest <> '' THEN
        PERFORM hub_append_rest(rest::jsonb, at_instant);
    END IF;
    RETURN 1;
END $$;
