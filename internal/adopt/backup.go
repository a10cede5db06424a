package adopt

func (a *adoption) backup() {
	if limit := a.group.SnapshotRetentionLimit; limit == nil {
		a.unknown("SnapshotRetentionLimit: the replication group does not say it")
	} else {
		a.number("SnapshotRetentionLimit", "snapshotRetentionLimit", *limit)
	}
	if window := a.group.SnapshotWindow; window == nil || *window == "" {
		a.unknown("SnapshotWindow: the replication group does not say it; RedisCache sets 03:00-05:00")
	} else {
		a.text("SnapshotWindow", "snapshotWindow", *window)
	}
	if window := a.ofNodes("MaintenanceWindow", func(node cacheCluster) string { return node.PreferredMaintenanceWindow }); window != "" {
		a.text("MaintenanceWindow", "maintenanceWindow", window)
	}
}
