PRAGMA temp_store = MEMORY;
CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT, town INTEGER, score REAL);
CREATE TABLE towns(id INTEGER PRIMARY KEY, name TEXT);
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO towns SELECT i, 'town ' || (i * 7919 % 503) FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
    INSERT INTO people SELECT i, 'name ' || (i * 7919 % 100003), i % 500 + 1, (i * 31 % 1009) / 7.0 FROM n;
COMMIT;
CREATE INDEX people_name ON people(name);
CREATE INDEX people_town ON people(town, score);
SELECT towns.name, count(*), round(avg(score), 3) FROM people JOIN towns ON towns.id = town GROUP BY towns.name ORDER BY 3 DESC, 1 LIMIT 5;
SELECT count(*) FROM people WHERE name LIKE '%77%';
SELECT count(*) FROM people AS a JOIN people AS b ON a.name = b.name AND a.id < b.id;
UPDATE people SET score = score + 1 WHERE town % 3 = 0;
SELECT name, score FROM (SELECT name, score, row_number() OVER (PARTITION BY town ORDER BY score DESC, id) AS place FROM people) WHERE place = 1 ORDER BY score DESC, name LIMIT 5;
DELETE FROM people WHERE id % 2 = 0;
SELECT count(*), round(sum(score), 3) FROM people;
