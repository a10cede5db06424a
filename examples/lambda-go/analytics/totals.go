package analytics

import (
	"encoding/json"
	"errors"
)

// Totals is what a query adds up, and the JSON that is cached.
type Totals struct {
	Events       int64 `json:"events"`
	RevenueCents int64 `json:"revenueCents"`
}

// UnmarshalJSON insists on both numbers, so that a cached value of another shape is corrupt and not zero.
func (t *Totals) UnmarshalJSON(text []byte) error {
	var fields struct {
		Events       *int64 `json:"events"`
		RevenueCents *int64 `json:"revenueCents"`
	}
	if err := json.Unmarshal(text, &fields); err != nil {
		return err
	}
	if fields.Events == nil || fields.RevenueCents == nil {
		return errors.New("events and revenueCents are both required")
	}
	*t = Totals{*fields.Events, *fields.RevenueCents}
	return nil
}
