-- $1 customer, $2 first day, $3 last day. The first row is about all orders, the others about the ten products with the highest
-- revenue.
WITH reports AS (
    SELECT product_id,
           count(*)                                                   AS orders,
           coalesce(sum(amount_cents), 0)::bigint                     AS revenue_cents,
           count(DISTINCT buyer_id)                                   AS buyers,
           percentile_disc(0.5) WITHIN GROUP (ORDER BY amount_cents)  AS median_order_cents,
           percentile_disc(0.95) WITHIN GROUP (ORDER BY amount_cents) AS p95_order_cents
    FROM orders
    WHERE customer_id = $1 AND ordered_on BETWEEN $2 AND $3
    GROUP BY GROUPING SETS ((), (product_id))
)
SELECT coalesce(product_id, 0), orders, revenue_cents, buyers, coalesce(median_order_cents, 0), coalesce(p95_order_cents, 0)
FROM reports
ORDER BY product_id IS NULL DESC, revenue_cents DESC, product_id
LIMIT 11
