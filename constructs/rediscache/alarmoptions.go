package rediscache

// AlarmOptions changes the alarms of a RedisCache. Every node has its own alarms; in cluster mode an alarm watches all nodes,
// or those of a node group, and fires for the worst of them. nil leaves an alarm at its default. Every alarm has a description
// that says what to do. Metrics that every live node publishes each minute (CPU, engine CPU, memory, evictions) treat missing
// data as missing, so that a silent node shows as INSUFFICIENT_DATA and not as OK.
type AlarmOptions struct {
	// Enabled false switches all alarms off, whatever the single ones say.
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
	// Default: above 90 for 10 periods of one minute.
	EngineCpu *AlarmThreshold `field:"optional" json:"engineCpu" yaml:"engineCpu"`

	// CpuCreditBalance watches the CPU credits that a burstable node has left, in credits; one credit is one vCPU at 100%
	// for a minute. Only for node types that publish it (T3 and T4g). A new node starts with few credits, so the alarm may
	// fire in the first hours.
	//
	// Default: below 20 for 3 periods of five minutes.
	CpuCreditBalance *AlarmThreshold `field:"optional" json:"cpuCreditBalance" yaml:"cpuCreditBalance"`

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

	// NodeUnreachable watches the number of samples of CPUUtilization in a minute, which every live node publishes. It
	// fires when a node is down, and when ElastiCache has replaced a node by one with another id, which the other alarms do
	// not watch. It may fire once before the first sample of a new cache.
	//
	// Default: below 1 for 15 periods of one minute; missing data is breaching.
	NodeUnreachable *AlarmThreshold `field:"optional" json:"nodeUnreachable" yaml:"nodeUnreachable"`

	// AuthenticationFailures watches the number of refused logins in a period of five minutes. Only with a login.
	//
	// Default: above 10 in 1 period.
	AuthenticationFailures *AlarmThreshold `field:"optional" json:"authenticationFailures" yaml:"authenticationFailures"`
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
