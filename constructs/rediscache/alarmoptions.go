package rediscache

// AlarmOptions changes the alarms of a RedisCache. Every node has its own alarms; nil leaves an alarm at its default.
// Every alarm has a description that says what to do.
type AlarmOptions struct {
	// Enabled switches all alarms on or off.
	//
	// Default: true.
	Enabled *bool `field:"optional" json:"enabled" yaml:"enabled"`

	// Cpu watches CPUUtilization of the host, in percent. With up to 2 vCPUs, AWS advises 90 divided by the number of
	// vCPUs, so 45 on 2; a threshold above that adds a warning.
	//
	// Default: above 75 for 10 periods of one minute.
	Cpu *AlarmThreshold `field:"optional" json:"cpu" yaml:"cpu"`

	// EngineCpu watches EngineCPUUtilization of the engine's thread, in percent.
	//
	// Default: above 90 for 10 periods of one minute, for node types with 4 or more vCPUs; with a threshold here, for
	// any.
	EngineCpu *AlarmThreshold `field:"optional" json:"engineCpu" yaml:"engineCpu"`

	// Memory watches DatabaseMemoryUsagePercentage, in percent of maxmemory.
	//
	// Default: above 85 for 10 periods of one minute.
	Memory *AlarmThreshold `field:"optional" json:"memory" yaml:"memory"`

	// Evictions watches the number of keys evicted before they expired, in a period of five minutes.
	//
	// Default: above 1000 in 1 period.
	Evictions *AlarmThreshold `field:"optional" json:"evictions" yaml:"evictions"`

	// CacheHitRate watches hits in percent of reads, in periods of five minutes. A period with fewer than 100 reads
	// counts as good.
	//
	// Default: below 70 for 3 periods.
	CacheHitRate *AlarmThreshold `field:"optional" json:"cacheHitRate" yaml:"cacheHitRate"`

	// ReplicationLag watches how many seconds a replica is behind. Only with replicas.
	//
	// Default: above 5 for 5 periods of one minute.
	ReplicationLag *AlarmThreshold `field:"optional" json:"replicationLag" yaml:"replicationLag"`
}

// AlarmThreshold changes one alarm.
type AlarmThreshold struct {
	// Threshold in the unit of the metric: 0 to 100 for percentages.
	//
	// Default: that of the alarm, see [AlarmOptions].
	Threshold *float64 `field:"optional" json:"threshold" yaml:"threshold"`

	// EvaluationPeriods is the number of consecutive periods that have to breach: whole, at least 1, and together at
	// most a day.
	//
	// Default: that of the alarm, see [AlarmOptions].
	EvaluationPeriods *float64 `field:"optional" json:"evaluationPeriods" yaml:"evaluationPeriods"`

	// Enabled switches the alarm on or off.
	//
	// Default: true.
	Enabled *bool `field:"optional" json:"enabled" yaml:"enabled"`
}
