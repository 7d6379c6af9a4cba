-- The seldom and small parts of a transaction, as JSON: {"moves": [[outbox, old topic, old offset, topic, offset], ...],
-- "numbers": [[series, last], ...], "sealed": [[dispute, party, masked, salt hex], ...],
-- "quarantine": [[system, topic, offset, code, field, detail, size, raw hex], ...]}.
-- An outbox that is not where the caller believes it to be raises HB001: two readers of one outbox, or a poll that
-- was already stored; the whole transaction is undone.
CREATE OR REPLACE FUNCTION hub_append_rest(rest jsonb, at_instant bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    move jsonb;
BEGIN
    FOR move IN SELECT jsonb_array_elements(rest -> 'moves') LOOP
        IF move ->> 1 = '' THEN
            INSERT INTO intake_offsets (outbox, topic, next_offset)
            VALUES (move ->> 0, move ->> 3, (move ->> 4)::bigint) ON CONFLICT (outbox) DO NOTHING;
        ELSE
            UPDATE intake_offsets SET topic = move ->> 3, next_offset = (move ->> 4)::bigint
             WHERE outbox = move ->> 0 AND topic = move ->> 1 AND next_offset = (move ->> 2)::bigint;
        END IF;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'outbox % moved', move ->> 0 USING ERRCODE = 'HB001';
        END IF;
    END LOOP;
    INSERT INTO numbers AS n (series, last)
    SELECT e ->> 0, (e ->> 1)::bigint FROM jsonb_array_elements(rest -> 'numbers') AS e
        ON CONFLICT (series) DO UPDATE SET last = excluded.last;
    INSERT INTO sealed_parties (dispute, party, masked, salt)
    SELECT (e ->> 0)::uuid, (e ->> 1)::integer, e ->> 2, decode(e ->> 3, 'hex')
      FROM jsonb_array_elements(rest -> 'sealed') AS e;
    INSERT INTO quarantine (system, topic, at_offset, received_at, code, field, detail, size, raw)
    SELECT e ->> 0, e ->> 1, (e ->> 2)::bigint, at_instant, e ->> 3, e ->> 4, e ->> 5, (e ->> 6)::bigint, decode(e ->> 7, 'hex')
      FROM jsonb_array_elements(rest -> 'quarantine') AS e;
    IF jsonb_array_length(rest -> 'quarantine') > 0 THEN
        DELETE FROM quarantine AS q USING (
            SELECT id, row_number() OVER (PARTITION BY system ORDER BY id DESC) AS age FROM quarantine
        ) AS old WHERE q.id = old.id AND old.age > (rest ->> 'keep')::bigint;
    END IF;
END $$;
