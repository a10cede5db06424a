package lambda

import (
	"math"
	"math/rand/v2"
	"sort"
)

// Zipf is a population of keys in which the i-th most wanted key is asked for in proportion to 1/i.
type Zipf struct {
	probability []float64
	cumulative  []float64
	random      *rand.Rand
}

// NewZipf makes a population whose sequence of requests is the same for the same seed.
func NewZipf(keys int, seed uint64) *Zipf {
	z := &Zipf{random: rand.New(rand.NewPCG(seed, 2026))}
	sum := 0.0
	for i := range keys {
		z.probability = append(z.probability, 1/float64(i+1))
		sum += z.probability[i]
	}
	total := 0.0
	for i := range keys {
		z.probability[i] /= sum
		total += z.probability[i]
		z.cumulative = append(z.cumulative, total)
	}
	return z
}

// Next draws the key of the next request.
func (z *Zipf) Next() int {
	return min(sort.SearchFloat64s(z.cumulative, z.random.Float64()), len(z.cumulative)-1)
}

// LRUHitRate is what a perfect LRU cache of that many keys reaches in the long run: Che's approximation, in which a key
// is in the cache when it was asked for within a time that is the same for all keys.
func (z *Zipf) LRUHitRate(capacity int) float64 {
	return z.hitRate(capacity, func(x float64) float64 { return 1 - math.Exp(-x) })
}

// RandomHitRate is the same for a cache that evicts keys at random.
func (z *Zipf) RandomHitRate(capacity int) float64 {
	return z.hitRate(capacity, func(x float64) float64 { return x / (1 + x) })
}

// BestHitRate is the bound of every cache: it holds the most wanted keys and nothing else.
func (z *Zipf) BestHitRate(capacity int) float64 { return z.cumulative[capacity-1] }

// hitRate finds the time in which exactly capacity keys are expected in the cache.
func (z *Zipf) hitRate(capacity int, present func(float64) float64) float64 {
	sum := func(value func(p float64) float64) (total float64) {
		for _, p := range z.probability {
			total += value(p)
		}
		return total
	}
	low, high := 0.0, 1e12
	for range 100 {
		middle := (low + high) / 2
		if sum(func(p float64) float64 { return present(p * middle) }) < float64(capacity) {
			low = middle
		} else {
			high = middle
		}
	}
	return sum(func(p float64) float64 { return p * present(p*low) })
}
