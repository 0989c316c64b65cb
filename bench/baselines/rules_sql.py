"""Segments counted by SQL written by hand, as an analyst would for these very columns: the same people, null included.

Tuned: plain equality where null cannot match, BETWEEN, IN, and the columns read once; DuckDB does the rest.
"""

SPENDERS = """
SELECT count(*) FROM people
WHERE orders_last_30_days = 0 AND orders_last_60_days > 0 AND spend_days_31_to_60 BETWEEN 5000 AND 15000
"""
REACHABLE = """
SELECT count(*) FROM people
WHERE age_band IN ('25-34', '35-44') AND city IS DISTINCT FROM 'Leeds' AND member AND opted_out IS NOT TRUE
  AND spend_days_31_to_60 < 15000
"""
VALUABLE = """
SELECT count(*) FROM people
WHERE orders_last_60_days > 0
  AND spend_days_31_to_60 > 1250 * orders_last_60_days AND (score > 0.5 OR age_band = '65+')
  AND joined + INTERVAL 1 YEAR <= DATE '2017-10-30'
"""
