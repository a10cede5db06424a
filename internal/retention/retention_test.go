package retention

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/stretchr/testify/assert"
)

func TestARetentionIsFoundByItsDays(t *testing.T) {
	for days, want := range map[float64]awslogs.RetentionDays{
		0: awslogs.RetentionDays_INFINITE, 1: awslogs.RetentionDays_ONE_DAY, 30: awslogs.RetentionDays_ONE_MONTH,
		3653: awslogs.RetentionDays_TEN_YEARS, 10: "", 0.5: "", -1: "",
	} {
		got, exists := OfDays(days)
		assert.Equal(t, want, got, days)
		assert.Equal(t, want != "", exists, days)
		assert.Equal(t, want != "", Exists(got), days)
	}
}

func TestDaysListsEveryRetentionInOrder(t *testing.T) {
	assert.Equal(t, "0 (never expire), 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, "+
		"2922, 3288 or 3653", Days())
}
