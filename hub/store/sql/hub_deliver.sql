-- Appends messages to inboxes. n is gapless per system: the counter row stays locked until the commit, so a
-- second appender waits and a rollback gives the numbers back. Counters are locked in the order of their names
-- (ORDER BY): the writer and the deliveries follower can meet on two systems without a deadlock.
CREATE OR REPLACE FUNCTION hub_deliver(d_system text[], d_position bigint[], d_body bytea[])
RETURNS void LANGUAGE sql AS $$
    WITH message AS (
        SELECT m.system, m.position, m.body, m.i,
               row_number() OVER (PARTITION BY m.system ORDER BY m.i) AS k,
               count(*) OVER (PARTITION BY m.system) AS many
          FROM unnest(d_system, d_position, d_body) WITH ORDINALITY AS m (system, position, body, i)
    ), counter AS (
        INSERT INTO delivery_counters AS c (system, n)
        SELECT system, count(*) FROM message GROUP BY system ORDER BY system
            ON CONFLICT (system) DO UPDATE SET n = c.n + excluded.n
        RETURNING c.system, c.n
    )
    INSERT INTO deliveries (system, n, position, body)
    SELECT m.system, c.n - m.many + m.k, m.position, m.body
      FROM message AS m JOIN counter AS c USING (system)
     ORDER BY m.i;
$$;
