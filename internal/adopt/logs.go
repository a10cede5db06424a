package adopt

import "fmt"

// logs: RedisCache has log groups of its own, to which ElastiCache delivers after the second deployment.
func (a *adoption) logs() {
	if len(a.group.LogDeliveryConfigurations) == 0 {
		a.overrides = append(a.overrides, override{property: "LogDeliveryConfigurations"})
		a.later("LogDeliveryConfigurations: ElastiCache begins to deliver the slow log and the engine log")
		return
	}
	code := "[]map[string]any{\n"
	for _, log := range a.group.LogDeliveryConfigurations {
		details, destination := logDetails(log)
		if details == "" {
			a.unknown("LogDeliveryConfigurations: the destination of %s is of the type %q, which this tool does not know", log.LogType,
				log.DestinationType)
			return
		}
		code += fmt.Sprintf("{\n\"LogType\": %q,\n\"LogFormat\": %q,\n\"DestinationType\": %q,\n\"DestinationDetails\": %s,\n},\n",
			log.LogType, log.LogFormat, log.DestinationType, details)
		a.later("LogDeliveryConfigurations: the %s, today %s to %s, goes as json to a new log group", log.LogType, log.LogFormat, destination)
	}
	a.overrides = append(a.overrides, override{"LogDeliveryConfigurations", code + "}"})
}

func logDetails(log logDelivery) (code, destination string) {
	switch details := log.DestinationDetails; {
	case details.CloudWatchLogsDetails != nil:
		name := details.CloudWatchLogsDetails.LogGroup
		return fmt.Sprintf("map[string]any{\"CloudWatchLogsDetails\": map[string]any{\"LogGroup\": %q}}", name), "the log group " + name
	case details.KinesisFirehoseDetails != nil:
		name := details.KinesisFirehoseDetails.DeliveryStream
		return fmt.Sprintf("map[string]any{\"KinesisFirehoseDetails\": map[string]any{\"DeliveryStream\": %q}}", name),
			"the delivery stream " + name
	}
	return "", ""
}
