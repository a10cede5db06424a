-- The table that the example functions query, with generated data: the same rows for the same variables.
--
--     psql -v orders=3000000 -v last_day=2026-11-22 -f schema.sql
--
-- orders is the number of rows, default 3,000,000. They are spread over the 730 days that end with last_day, default today, and
-- over 20 customers, customer-01 to customer-20, of which the first has the most orders and each next one somewhat fewer.
\set ON_ERROR_STOP on
\if :{?orders}
\else
    \set orders 3000000
\endif
\if :{?last_day}
\else
    SELECT current_date AS last_day \gset
\endif

SET client_min_messages = warning;
DROP TABLE IF EXISTS orders;

CREATE TABLE orders (
    order_id     bigint  NOT NULL,
    customer_id  text    NOT NULL,
    ordered_on   date    NOT NULL,
    product_id   integer NOT NULL,
    buyer_id     integer NOT NULL,
    amount_cents integer NOT NULL
);

-- Fractions from 0 to 1, each from a hash of its own, so that no column follows from another.
INSERT INTO orders
SELECT i,
       'customer-' || to_char(1 + floor(20 * power(for_customer, 1.5)), 'FM00'),
       date :'last_day' - floor(730 * for_day)::integer,
       1 + floor(200 * power(for_product, 2)),
       1 + floor(50000 * for_buyer),
       100 + floor(49900 * power(for_amount, 3))
FROM generate_series(1, :orders) AS i,
     LATERAL (SELECT (hashint8extended(i, 1) & 65535) / 65536.0::float8 AS for_customer,
                     (hashint8extended(i, 2) & 65535) / 65536.0::float8 AS for_day,
                     (hashint8extended(i, 3) & 65535) / 65536.0::float8 AS for_product,
                     (hashint8extended(i, 4) & 65535) / 65536.0::float8 AS for_buyer,
                     (hashint8extended(i, 5) & 65535) / 65536.0::float8 AS for_amount) AS fractions;

ALTER TABLE orders ADD PRIMARY KEY (order_id);
CREATE INDEX orders_by_customer_and_day ON orders (customer_id, ordered_on);
VACUUM ANALYZE orders;
