/** A step of the schema: what gateways share of rate limits. Once committed it is never changed. */
export const ratesSchema = `
  -- Rates that gateways share. Names are hashes. UNLOGGED: all of it is about the last minute, and after a crash of the
  -- database gateways tell again what they let in. Times are the database's, in milliseconds since 1970.
  CREATE UNLOGGED TABLE axonflow.rate (
    name bytea PRIMARY KEY,
    -- The newest second that counts, and a ring of 64: the amount of a second is at second % 64.
    newest bigint NOT NULL,
    amounts bigint[] NOT NULL
  ) WITH (fillfactor = 50);

  CREATE UNLOGGED TABLE axonflow.rate_gateway (id uuid PRIMARY KEY, expires_ms bigint NOT NULL) WITH (fillfactor = 50);

  -- The streams that a gateway may have open; they are others' again when it has expired.
  CREATE UNLOGGED TABLE axonflow.rate_stream (
    name bytea NOT NULL,
    gateway uuid NOT NULL,
    held bigint NOT NULL,
    PRIMARY KEY (name, gateway)
  ) WITH (fillfactor = 50);

  -- Counts are locked in the order of their names, so that no two gateways wait for each other in a circle. What is given
  -- counts in the second in which it can be used last. at_ms takes the place of the clock where time is simulated.
  CREATE FUNCTION axonflow.exchange_rates(me uuid, ttl_ms bigint, asks jsonb, at_ms bigint) RETURNS jsonb
  LANGUAGE plpgsql AS $function$
  DECLARE
    now_ms bigint := coalesce(at_ms, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint);
    until_ms bigint;
    is_new boolean;
    gateways bigint;
    answers jsonb[] := array_fill(NULL::jsonb, ARRAY[jsonb_array_length(asks)]);
    answer jsonb;
    ask record;
    part record;
    ring_newest bigint;
    ring bigint[];
    at_second bigint;
    slot int;
    changed boolean;
    keep bigint;
    others bigint;
    room bigint;
    needed bigint;
    granted bigint;
    spare bigint;
  BEGIN
    SELECT g.expires_ms INTO until_ms FROM axonflow.rate_gateway g WHERE g.id = me;
    is_new := NOT FOUND;
    IF is_new OR until_ms < now_ms + ttl_ms - 1000 THEN
      INSERT INTO axonflow.rate_gateway VALUES (me, now_ms + ttl_ms)
        ON CONFLICT (id) DO UPDATE SET expires_ms = excluded.expires_ms;
      SELECT count(*) INTO gateways FROM axonflow.rate_gateway g WHERE g.expires_ms > now_ms;
    END IF;

    FOR ask IN
      SELECT place::int AS place, decode(it->>'name', 'hex') AS name, it
      FROM jsonb_array_elements(asks) WITH ORDINALITY AS x (it, place) ORDER BY 2, 1
    LOOP
      SELECT r.newest, r.amounts INTO ring_newest, ring FROM axonflow.rate r WHERE r.name = ask.name FOR UPDATE;
      IF NOT FOUND THEN
        INSERT INTO axonflow.rate AS r VALUES (ask.name, now_ms / 1000 + 1, array_fill(0::bigint, ARRAY[64]))
          ON CONFLICT (name) DO UPDATE SET newest = r.newest
          RETURNING r.newest, r.amounts INTO ring_newest, ring;
      END IF;
      -- A clock that went back is taken to stand still.
      at_second := greatest(now_ms / 1000, ring_newest - 1);
      slot := ((at_second + 1) & 63)::int + 1;

      IF ask.it ? 'keep' THEN
        keep := (ask.it->>'keep')::bigint;
        SELECT coalesce(sum(h.held), 0) INTO others FROM axonflow.rate_stream h
          JOIN axonflow.rate_gateway g ON g.id = h.gateway
          WHERE h.name = ask.name AND h.gateway <> me AND g.expires_ms > now_ms;
        room := (ask.it->>'limit')::bigint - others - keep;
      ELSE
        keep := 0;
        changed := false;
        FOR s IN greatest(ring_newest + 1, at_second - 62) .. at_second + 1 LOOP
          ring[(s & 63)::int + 1] := 0;
        END LOOP;
        ring[((at_second - 61) & 63)::int + 1] := 0;
        ring[((at_second - 62) & 63)::int + 1] := 0;
        FOR part IN SELECT (b->>0)::bigint AS s, (b->>1)::bigint AS amount FROM jsonb_array_elements(ask.it->'back') b LOOP
          IF part.s BETWEEN at_second - 60 AND at_second + 1 THEN
            ring[(part.s & 63)::int + 1] := greatest(ring[(part.s & 63)::int + 1] - part.amount, 0);
            changed := true;
          END IF;
        END LOOP;
        IF (ask.it->>'debt')::bigint > 0 THEN
          ring[slot] := ring[slot] + (ask.it->>'debt')::bigint;
          changed := true;
        END IF;
        room := (ask.it->>'limit')::bigint - (SELECT sum(each) FROM unnest(ring) each);
      END IF;

      needed := 0;
      granted := 0;
      FOR part IN SELECT n::bigint AS amount FROM jsonb_array_elements_text(ask.it->'needs') n LOOP
        needed := part.amount;
        IF needed <= room THEN granted := needed; END IF;
      END LOOP;
      spare := 0;
      IF granted = needed THEN
        spare := greatest(least((ask.it->>'idle')::bigint, (room - granted) / 16), 0);
      END IF;
      room := room - granted - spare;
      answer := jsonb_build_object('granted', keep + granted + spare, 'room', room, 'isShort', granted < needed,
        'second', CASE WHEN ask.it ? 'keep' THEN 0 ELSE at_second + 1 END);

      IF ask.it ? 'keep' THEN
        IF keep + granted + spare > 0 THEN
          INSERT INTO axonflow.rate_stream VALUES (ask.name, me, keep + granted + spare)
            ON CONFLICT (name, gateway) DO UPDATE SET held = excluded.held;
        ELSE
          DELETE FROM axonflow.rate_stream h WHERE h.name = ask.name AND h.gateway = me;
        END IF;
      ELSE
        ring[slot] := ring[slot] + granted + spare;
        IF changed OR granted + spare > 0 THEN
          UPDATE axonflow.rate r SET newest = at_second + 1, amounts = ring WHERE r.name = ask.name;
        END IF;
        IF granted < needed THEN
          answer := answer || jsonb_build_object('window', jsonb_build_object(
            'nowMs', greatest(now_ms, at_second * 1000), 'oldestSecond', at_second - 60,
            'amounts', (SELECT jsonb_agg(ring[(s & 63)::int + 1] ORDER BY s)
                        FROM generate_series(at_second - 60, at_second + 1) s)));
        END IF;
      END IF;
      answers[ask.place] := answer;
    END LOOP;
    RETURN jsonb_build_object('isNew', is_new, 'gateways', gateways, 'answers', to_jsonb(answers));
  END
  $function$;
  `;
