// Package analytics answers one question, how many events and how much revenue a tenant had in a range of days, from a
// DynamoDB table, through the query cache.
package analytics
