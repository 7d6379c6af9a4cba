-- The sums of a cohort from the raw events alone: what a foreign tool gets. One row per event in `event`, its fields as
-- JSON; ids in hex, instants in microseconds UTC. :first and :last are local days (YYYY-MM-DD, Asia/Shanghai, included),
-- :organ an agency's id in hex or null.
with own as (
  select stream, position, topic, json_extract(fields, '$.recorded_at') as at,
         json_extract(fields, '$.custodian') as custodian, fields
  from event where topic not like 'agency.%'
),
begun as (
  select stream, date(at / 1000000 + 28800, 'unixepoch') as day from own where topic = 'dispute.registered'
),
tried as (
  select stream, count(*) as attempts from own
  where topic = 'attempt.held' and json_extract(fields, '$.counted') group by stream
),
agreed as (
  select stream, count(*) as agreements, max(position) as last from own
  where topic = 'agreement.reached' group by stream
),
agreement as (
  select own.stream, json_extract(fields, '$.amount') as amount, json_extract(fields, '$.form') as form
  from own join agreed on agreed.stream = own.stream and agreed.last = own.position
),
ended as (  -- how the last agreement fared
  select own.stream, own.topic, max(own.position) from own join agreed on agreed.stream = own.stream
  where own.topic in ('agreement.performed', 'agreement.broken') and own.position > agreed.last group by own.stream
),
broken as (select distinct stream from own where topic = 'agreement.broken'),
visited as (select distinct stream from own where topic = 'followup.visited'),
noted as (
  select stream, json_extract(fields, '$.deaths') as deaths,
         exists (select 1 from json_each(fields, '$.triggers') where value = 'death') as said, max(position)
  from own where topic = 'dispute.particulars' group by stream
),
fate as (  -- the last word on its state
  select stream, topic, max(position) from own
  where topic in ('dispute.closed', 'dispute.reopened', 'dispute.voided') group by stream
),
upward as (
  select json_extract(fields, '$.referral') as referral from own
  where topic = 'referral.offered' and json_extract(fields, '$.kind') = 'escalation'
  except
  select json_extract(fields, '$.referral') from own where topic = 'referral.returned'
),
marks as (  -- what gives an organ the credit
  select stream, position, custodian from own
  where (topic = 'attempt.held' and json_extract(fields, '$.counted')) or topic = 'agreement.reached'
     or (topic = 'referral.accepted' and json_extract(fields, '$.referral') in (select referral from upward))
),
credited as (select stream, custodian as organ, max(position) from marks group by stream),
holding as (select stream, custodian as organ, max(position) from own group by stream),
counted as (
  select begun.stream, begun.day, coalesce(credited.organ, holding.organ) as organ,
         coalesce(tried.attempts, 0) > 0 as mediated,
         tried.attempts is not null and agreed.agreements is not null as success,
         agreement.amount, agreement.form, ended.topic = 'agreement.performed' as performed,
         broken.stream is not null as broken, visited.stream is not null as visited,
         coalesce(noted.deaths > 0 or noted.said, 0) as death, coalesce(noted.deaths, 0) as deaths,
         fate.topic = 'dispute.closed' as closed
  from begun join holding using (stream) left join credited using (stream) left join tried using (stream)
  left join agreed using (stream) left join agreement using (stream) left join ended using (stream)
  left join broken using (stream) left join visited using (stream) left join noted using (stream)
  left join fate using (stream)
  where coalesce(fate.topic, '') <> 'dispute.voided'
)
select count(*) as accepted, coalesce(sum(mediated), 0) as mediated, coalesce(sum(success), 0) as success,
       coalesce(sum(success and performed), 0) as performed, coalesce(sum(success and broken), 0) as broken,
       coalesce(sum(success and form = 'written'), 0) as written, coalesce(sum(success and visited), 0) as visited,
       coalesce(sum(death), 0) as death, coalesce(sum(deaths), 0) as deaths, coalesce(sum(amount), 0) as amount,
       coalesce(sum(closed), 0) as closed
from counted
where day between :first and :last and (:organ is null or organ = :organ)
