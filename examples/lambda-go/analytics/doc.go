// Package analytics answers one question, what a customer sold in a range of days, from a table of orders in PostgreSQL, through
// the query cache.
package analytics
